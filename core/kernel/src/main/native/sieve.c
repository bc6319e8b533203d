// Of a list of row numbers those whose bit is set, 16 at a time, and a request for the memory of each: what Bits.among does
// one by one, with what Java cannot say (gather under a test, compress, prefetch). One function, no calls, no data: its
// machine code is kept as text in ../resources/dev/sextant/kernel/sieve-amd64-avx512vnni.hex (./build makes it).
#include <immintrin.h>
#include <stdint.h>

// Writes the passing ones of list[0 … count) to out[n …), where there is room for all and 16 more, and returns where they
// end. bits: of rows 0 … in words of 32. Asks for `bytes` of each at base + row * stride.
int64_t sieve(const int32_t *bits, const int32_t *list, int64_t count, int32_t *out, int64_t n, const uint8_t *base,
              int64_t stride, int64_t bytes) {
  const __m512i one = _mm512_set1_epi32(1), below = _mm512_set1_epi32(31);
  const int64_t from = n;
  for (int64_t i = 0; i < count; i += 16) {
    const __mmask16 present = count - i >= 16 ? 0xffff : (1u << (count - i)) - 1;
    const __m512i rows = _mm512_maskz_loadu_epi32(present, list + i);
    const __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), present, _mm512_srli_epi32(rows, 5), bits, 4);
    const __mmask16 pass = _mm512_test_epi32_mask(words, _mm512_sllv_epi32(one, _mm512_and_si512(rows, below)));
    _mm512_storeu_si512(out + n, _mm512_maskz_compress_epi32(pass, rows));
    n += __builtin_popcount(pass);
  }
  for (int64_t i = from; i < n; i++) {
    const uint8_t *row = base + out[i] * stride;
    for (int64_t b = 0; b < bytes; b += 64) _mm_prefetch((const char *)row + b, _MM_HINT_T0);
  }
  return n;
}
