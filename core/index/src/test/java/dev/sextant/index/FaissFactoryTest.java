package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaissFactoryTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Flat                | index_type=FLAT
            IVF64,Flat          | index_type=IVF_FLAT nlist=64
            IVF64               | index_type=IVF_FLAT nlist=64
            IVF64,SQ8           | index_type=IVF_SQ8 nlist=64
            IVF64,PQ16          | index_type=IVF_PQ m=16 nbits=8 nlist=64
            OPQ16,IVF64,PQ16x4  | index_type=IVF_PQ m=16 nbits=4 nlist=64
            IVF64,PQ16x4fs      | index_type=IVF_PQ m=16 nbits=4 nlist=64
            IVF64,RaBitQ,RFlat  | index_type=IVF_RABITQ nlist=64 refine=true
            HNSW16,Flat         | M=16 index_type=HNSW
            HNSW                | M=32 index_type=HNSW
            HNSW16,SQ8,RFlat    | M=16 index_type=HNSW_SQ refine=true sq_type=SQ8
            HNSW16,PQ8x6        | M=16 index_type=HNSW_PQ m=8 nbits=6
            SQ8                 | index_type=FLAT
            PQ16,RFlat          | index_type=FLAT refine=true
            BFlat               | index_type=BIN_FLAT
            BIVF32              | index_type=BIN_IVF_FLAT nlist=32
            BHNSW16             | M=16 index_type=HNSW
            """)
    void aTextOfTheFactoryAsksForATypeOfOurs(String text, String asked) {
        var told = FaissFactory.parameters(text).entrySet().stream()
                .map(Map.Entry::toString)
                .sorted()
                .toList();
        assertThat(String.join(" ", told)).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "IVF64,,Flat",
                "NSG32",
                "PCA32,IVF64,Flat",
                "IVF64,LSH",
                "BIVF32,PQ8",
                "OPQ16",
                "Flat,PQ8"
            })
    void aTextThatSaysSomethingElseIsNotUnderstood(String text) {
        assertThatThrownBy(() -> FaissFactory.parameters(text)).hasMessageContaining("is not understood");
    }

    @Test
    void whereANumberBelongsANumberMustStand() {
        for (var text :
                new String[] {"IVFmany,Flat", "HNSWbig", "IVF64,PQx", "OPQa,IVF64,PQ16", "IVF0,Flat", "IVF64,PQ8x0"})
            assertThatThrownBy(() -> FaissFactory.parameters(text)).hasMessageContaining("expects a number");
    }
}
