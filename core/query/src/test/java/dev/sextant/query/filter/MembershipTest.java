package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.language.Filters;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import dev.sextant.query.Queries;
import dev.sextant.text.XxHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sets in hexadecimal were made by pymilvus 3.0.2.
class MembershipTest {
    /// -1, 7 and 2^40.
    private static final byte[] WHOLES = HexFormat.of()
            .parseHex("4d4246310100010003000000000000007b14ae47e17a743f010000000100000050000002a00800002000002800020110"
                    + "32000000040040200002140000100048");
    /// `sextant`, `é` and nothing.
    private static final byte[] TEXTS = HexFormat.of()
            .parseHex("4d4246310100010003000000000000007b14ae47e17a743f010000000200000000002020010801000102000204000090"
                    + "004024000008600000401020000002c0");
    /// -5, 1, 2, 9, 70000, 70005, 200000 to 200899, and 2^40: lists and a run in three groups.
    private static final byte[] ROARING = HexFormat.of()
            .parseHex("4d524231010001008b03000000000000590000000000000000000000000000000300000000000000000000003b300200"
                    + "04000002000100010003008303010002000900701175110100400d8303000100003a3000000100000000000000100000"
                    + "000000ffffffff3a30000001000000ffff000010000000fbff");

    private static boolean isMember(long value) {
        return LongStream.of(-5, 1, 2, 9, 70_000, 70_005, 1L << 40).anyMatch(each -> each == value)
                || value >= 200_000 && value < 200_900;
    }

    @Test
    void hashesAreThoseOfTheClients() {
        long texts = 0;
        for (int length = 0; length <= 100; length++) {
            var text = new byte[length];
            for (int i = 0; i < length; i++) text[i] = (byte) (i * 7 + length);
            texts = texts * 31 + XxHash.of(text, 0, length);
        }
        assertThat(texts).isEqualTo(0xf718622cf7972234L);
        long wholes = 0;
        for (long value : new long[] {0, 1, -1, 7, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE})
            wholes = wholes * 31 + XxHash.of(value);
        assertThat(wholes).isEqualTo(0xbcfcc4f65c2a9299L);
    }

    @Test
    void aBloomFilterMissesNothingAndFindsLittleElse() {
        var wholes = Membership.read(WHOLES, "bloom");
        for (long value : new long[] {-1, 7, 1L << 40})
            assertThat(wholes.has(value)).isTrue();
        assertThat(LongStream.range(100, 10_100).filter(wholes::has).count()).isLessThan(10);
        var texts = (Membership.Bloom) Membership.read(TEXTS, "");
        for (var text : new String[] {"sextant", "é", ""}) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(texts.has(bytes, 0, bytes.length)).isTrue();
        }
        assertThat(texts.has("sextants".getBytes(StandardCharsets.UTF_8), 0, 8)).isFalse();
    }

    @Test
    void aRoaringBitmapHoldsExactlyWhatWasPutIn() {
        var set = Membership.read(ROARING, "roaring");
        var probes = LongStream.concat(
                LongStream.rangeClosed(-70_000, 300_000),
                LongStream.of(
                        (1L << 40) - 1, 1L << 40, (1L << 40) + 1, Long.MIN_VALUE, Long.MAX_VALUE, 4_294_967_291L));
        assertThat(probes.filter(value -> set.has(value) != isMember(value))).isEmpty();
    }

    @Test
    void aContainerOfBitsIsReadBitByBit() {
        var set = Membership.read(everyThird(), "");
        assertThat(LongStream.range(-65_536, 131_072)
                        .filter(value -> set.has(value) != (value >= 0 && value < 65_536 && value % 3 == 0)))
                .isEmpty();
    }

    /// Of 0 to 65535, by hand.
    private static byte[] everyThird() {
        int count = 65_535 / 3 + 1;
        var out = ByteBuffer.allocate(32 + 8 + 4 + 8 + 4 + 4 + 8_192).order(ByteOrder.LITTLE_ENDIAN);
        out.put("MRB1".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) 1);
        out.putLong(count).putLong(out.capacity() - 32).putLong(0);
        out.putLong(1)
                .putInt(0)
                .putInt(12_346)
                .putInt(1)
                .putShort((short) 0)
                .putShort((short) (count - 1))
                .putInt(16);
        int bits = out.position();
        for (int value = 0; value < 65_536; value += 3) {
            int at = bits + (value >>> 3);
            out.put(at, (byte) (out.get(at) | 1 << (value & 7)));
        }
        return out.array();
    }

    @Test
    void damagedBytesAreRefusedOrReadAndNothingElse() {
        for (var whole : new byte[][] {WHOLES, ROARING}) {
            for (int length = 0; length < whole.length; length++) {
                var cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> Membership.read(cut, "")).isInstanceOf(Wrong.class);
            }
            for (int bit = 0; bit < 8 * whole.length; bit++) {
                var other = whole.clone();
                other[bit >>> 3] ^= (byte) (1 << (bit & 7));
                try {
                    var set = Membership.read(other, "");
                    for (long value = -70_000; value < 300_000; value += 997) set.has(value);
                    set.has(1L << 40);
                } catch (Wrong refused) {
                    assertThat(refused).hasMessageContaining("membership_match");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            membership_match(i64, {wholes}, type=roaring)        ; type=roaring was asked for
            membership_match(i64, {roaring}, type=bloom)         ; type=bloom was asked for
            membership_match(i64, {roaring}, type=other)         ; type must be bloom or roaring
            membership_match(i64, {texts})                       ; made of values of another kind
            membership_match(s, {wholes})                        ; made of values of another kind
            membership_match(s, {roaring})                       ; takes a field of whole numbers
            membership_match(j['a'], {roaring})                  ; takes a field of whole numbers
            membership_match(d, {wholes})                        ; takes a field of whole numbers
            membership_match(ai, {wholes})                       ; takes a field of whole numbers
            membership_match(ai[0], {wholes})                    ; takes a field of whole numbers
            membership_match(i64, {none})                        ; is no membership filter
            membership_match(i64, [1, 2])                        ; must be a template with bytes
            i64 == {wholes}                                      ; comparisons between Int64 and Bytes are not supported
            j['a'] == {wholes}                                   ; comparisons between JSON and Bytes are not supported
            i64 in {wholes}                                      ; the right-hand side of 'in' must be a list
            """)
    void aSetAsksOnlyWhatItCanAnswer(String filter, String reason) {
        var values = Map.<String, Value>of(
                "wholes", new Value.Bytes(WHOLES),
                "texts", new Value.Bytes(TEXTS),
                "roaring", new Value.Bytes(ROARING),
                "none", new Value.Bytes(new byte[40]));
        assertThatThrownBy(() -> Queries.check(Filters.filter(filter, values), Chances.SCHEMA))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(reason);
    }
}
