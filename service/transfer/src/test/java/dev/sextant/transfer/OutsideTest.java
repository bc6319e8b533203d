package dev.sextant.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.database.RowFiles;
import dev.sextant.database.RowFiles.Found;
import dev.sextant.database.RowFiles.Place;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies at a source of somebody else, and who may be asked for it.
class OutsideTest {
    private static final S3Config OWN =
            new S3Config("store:9000", "owner", "secret of the owner", false, "a-bucket", "root", "us-east-1");
    private static final Map<String, String> KEYS =
            Map.of("access_key_id", "ann", "access_key_value", "secret of ann", "region", "eu-1");
    private static final Schema WORDS = new Schema(
            0,
            List.of(
                    Field.of("word", new FieldType.Varchar(20), Trait.NULLABLE),
                    Field.of("n", Primitive.INT64, Trait.NULLABLE)));

    @TempDir
    private Path directory;

    private Path root;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectories(directory.resolve("root/lake"));
        Files.writeString(root.resolve("b.csv"), "n,word\n1,one\n");
        Files.createDirectories(root.resolve("deep"));
        Files.writeString(root.resolve("deep/a.csv"), "word,n,more\ntwo,2,x\nthree,,y\n");
        Files.createDirectories(root.resolve("_delta_log"));
        Files.writeString(root.resolve("_delta_log/0.json"), "{}");
        Files.writeString(root.resolve(".hidden"), "x");
        Files.writeString(root.resolve("_SUCCESS"), "");
    }

    private Transfer transfer() {
        return new Transfer(new TransferConfig(List.of(directory.resolve("root")), Optional.of(OWN), List.of()));
    }

    private static Place csv(Path where) {
        return new Place(where.toString(), "csv", Map.of());
    }

    private static String refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        var told = new String[1];
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        Refused.class, why -> told[0] = why.refusal().sentence());
        return told[0];
    }

    private static StoreAddress address(String source, Map<String, String> access, String... stores) {
        return StoreAddress.of(new Place(source, "parquet", access), Optional.of(OWN), List.of(stores));
    }

    @Test
    void aDirectoryHoldsWhatLiesBelowItButForWhatIsHidden() {
        try (var transfer = transfer();
                var there = transfer.outside(csv(root), 10)) {
            assertThat(there.files())
                    .extracting(Found::name)
                    .containsExactly(
                            root.resolve("b.csv").toString(),
                            root.resolve("deep/a.csv").toString());
            try (var rows = there.open(there.files().get(1), WORDS, 8 << 20)) {
                var some = rows.next().orElseThrow();
                assertThat(some.count()).isEqualTo(2);
                assertThat(some.columns().keySet()).containsExactlyInAnyOrder("word", "n");
            }
        }
        try (var transfer = transfer();
                var one = transfer.outside(new Place("lake/b.csv", "csv", Map.of()), 10)) {
            assertThat(one.files()).extracting(Found::name).containsExactly("lake/b.csv");
            try (var rows = one.open(one.files().getFirst(), WORDS, 8 << 20)) {
                assertThat(rows.next().orElseThrow().count()).isEqualTo(1);
            }
        }
    }

    @Test
    void everyFieldMustHaveItsColumnEvenIfItMayBeNull() throws IOException {
        Files.writeString(root.resolve("c.csv"), "word\nlonely\n");
        try (var transfer = transfer();
                var there = transfer.outside(csv(root), 10)) {
            assertThat(refused(() -> there.open(there.files().get(1), WORDS, 8 << 20)))
                    .contains("c.csv")
                    .contains("'n'");
        }
    }

    @Test
    void aFileThatChangedSinceItWasFoundIsNotRead() throws IOException {
        try (var transfer = transfer();
                var there = transfer.outside(csv(root), 10)) {
            Files.writeString(root.resolve("b.csv"), "n,word\n1,eno\n");
            Files.setLastModifiedTime(root.resolve("b.csv"), FileTime.fromMillis(1));
            assertThat(refused(() -> there.open(there.files().getFirst(), WORDS, 8 << 20)))
                    .contains("changed since it was found");
            Files.delete(root.resolve("deep/a.csv"));
            assertThat(refused(() -> there.open(there.files().get(1), WORDS, 8 << 20)))
                    .contains("not there any more");
        }
    }

    @Test
    void whatIsNoFileOfTheFormatAndWhatLeadsElsewhereFails() throws IOException {
        try (var transfer = transfer()) {
            assertThat(refused(() -> transfer.outside(csv(root), 1))).contains("more than 1 files");
            assertThat(refused(() -> transfer.outside(csv(directory), 10))).contains("outside of what may be read");
            assertThat(refused(() -> transfer.outside(csv(root.resolve("../../..")), 10)))
                    .contains("outside of what may be read");
            assertThat(refused(() -> transfer.outside(csv(root.resolve("gone")), 10)))
                    .contains("does not exist");
            var secret = Files.writeString(directory.resolve("secret.csv"), "n,word\n7,secret\n");
            var link = Files.createSymbolicLink(root.resolve("link.csv"), secret);
            try (var there = transfer.outside(csv(root), 10)) {
                assertThat(refused(() -> there.open(there.files().get(2), WORDS, 8 << 20)))
                        .contains("not there any more");
            }
            Files.delete(link);
            Files.createSymbolicLink(root.resolve("up"), directory);
            assertThat(refused(() -> transfer.outside(csv(root), 10))).contains("link to a directory");
            Files.delete(root.resolve("up"));
            Files.writeString(root.resolve("metadata.avro"), "");
            assertThat(refused(() -> transfer.outside(csv(root), 10))).contains("no csv file");
        }
    }

    @Test
    void formatsThatAreNotReadAreRefusedWithThoseThatAre() {
        try (var transfer = transfer()) {
            for (var format : List.of("lance-table", "vortex", "iceberg-table", "milvus-table", "PARQUET", ""))
                assertThat(refused(() -> transfer.check(new Place("lake", format, Map.of()))))
                        .contains("unsupported format")
                        .contains("csv, json, jsonl, parquet");
        }
        try (var nowhere = new Transfer(TransferConfig.NOWHERE)) {
            assertThat(refused(() -> nowhere.check(csv(root)))).contains("import-roots");
        }
        assertThat(refused(() -> RowFiles.NONE.check(csv(root)))).contains("reads no files");
    }

    @Test
    void theBucketOfTheServerIsReadByItsOwnRight() {
        for (var source :
                List.of("s3://a-bucket/x/y", "s3a://store:9000/a-bucket/x/y", "MINIO://store:9000/a-bucket/x/y"))
            assertThat(address(source, Map.of())).satisfies(it -> {
                assertThat(it.own()).isTrue();
                assertThat(it.key()).isEqualTo("x/y");
                assertThat(it.bucket().endpoint()).isEqualTo("http://store:9000");
            });
        assertThat(address("s3://store:9000/other/x", KEYS)).satisfies(it -> {
            assertThat(it.own()).isFalse();
            assertThat(it.bucket().bucketName()).isEqualTo("other");
            assertThat(it.bucket().accessKey()).isEqualTo("ann");
        });
        assertThat(refused(() -> address("s3://store:9000/other/x", Map.of()))).contains("credential mode missing");
        assertThat(refused(() -> address("s3://store:9000/other/x", Map.of("use_iam", "true"))))
                .contains("credential mode missing");
    }

    @Test
    void nobodyIsSentToAStoreThatTheOperatorHasNotNamed() {
        var nobody = Map.of("anonymous", "true");
        for (var source : List.of(
                "s3://169.254.169.254:80/latest/x",
                "s3://localhost:9091/a/b",
                "minio://evil/a/b",
                "s3://store.evil.com:9000/a/b",
                "s3://s3.us-west-2.amazonaws.com/a/b"))
            assertThat(refused(() -> address(source, nobody, "*.good.com", "fine:1")))
                    .contains("external-stores");
        assertThat(address("s3://fine:1/b/k", KEYS, "fine:1").bucket().endpoint())
                .isEqualTo("http://fine:1");
        assertThat(refused(() -> address("s3://fine:2/b/k", KEYS, "fine:1"))).contains("external-stores");
        assertThat(address("s3://x.good.com/b/k", KEYS, "*.good.com").bucket().bucketName())
                .isEqualTo("b");
        assertThat(refused(() -> address("s3://good.com.evil/b/k", nobody, "*.good.com")))
                .contains("cannot resolve");
        var aws = Map.of("cloud_provider", "aws", "region", "us-west-2", "anonymous", "true");
        assertThat(address("s3://books/k", aws, "*.amazonaws.com")).satisfies(it -> {
            assertThat(it.bucket().endpoint()).isEqualTo("https://s3.us-west-2.amazonaws.com");
            assertThat(it.bucket().bucketName()).isEqualTo("books");
        });
        assertThat(refused(() -> address(
                        "s3://books/k",
                        Map.of("cloud_provider", "aws", "region", "evil.com/", "anonymous", "true"),
                        "*.amazonaws.com")))
                .contains("cannot resolve");
        for (var source : List.of("http://x/y", "file:///etc/passwd", "azure://a/b", "ftp://a/b"))
            assertThat(refused(() -> address(source, nobody))).contains("is not allowed");
        assertThat(refused(() -> address("s3://ann:pw@a-bucket/x", nobody))).contains("embed credentials");
        assertThat(refused(() -> address("s3://a-bucket/x?X-Amz-Signature=1", nobody)))
                .contains("query");
        assertThat(refused(() -> address("s3://a-bucket/../b", nobody))).contains("go up");
        assertThat(refused(() -> address("s3://", nobody))).contains("non-empty host");
        assertThat(refused(() -> address("s3://a-bucket/x", Map.of("access_key_id", "a"))))
                .contains("set together");
        assertThat(refused(() -> address("s3://a-bucket/x", Map.of("role_arn", "a"))))
                .contains("not supported");
        assertThat(new Place("s3://a-bucket/x", "parquet", KEYS).toString()).doesNotContain("secret");
        assertThat(address("s3://store:9000/other/x", KEYS).toString()).doesNotContain("secret");
    }

    @Test
    void aRefusalIsOneThatTheCallerUnderstands() {
        assertThatThrownBy(() -> address("http://x/y", Map.of()))
                .isInstanceOfSatisfying(
                        Refused.class, why -> assertThat(why.refusal()).isInstanceOf(Refusal.InvalidParameter.class));
    }
}
