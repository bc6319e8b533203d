// Estimates of 32 neighbours from the tables of a query: LaneBlocks.estimate, to the last bit, in two thirds of its time, and without waiting for the
// compiler: lanes take a hundred times as long until they are compiled. One function, no calls, no data: its machine code is kept as text in
// ../resources/dev/sextant/kernel/estimate-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the system allows
// that and the processor knows the instructions.
#include "shared.h"

// Of `whole`, shorts whose upper bytes `odd` has summed as well: the sums of even bytes, then of odd ones, of all four quarters.
INLINE __m512 sums(__m512i whole, __m512i odd) {
  const __m512i even = _mm512_sub_epi16(whole, _mm512_slli_epi16(odd, 8));
  const __m256i e = _mm256_add_epi16(_mm512_castsi512_si256(even), _mm512_extracti64x4_epi64(even, 1));
  const __m256i o = _mm256_add_epi16(_mm512_castsi512_si256(odd), _mm512_extracti64x4_epi64(odd, 1));
  const __m128i e8 = _mm_add_epi16(_mm256_castsi256_si128(e), _mm256_extracti128_si256(e, 1));
  const __m128i o8 = _mm_add_epi16(_mm256_castsi256_si128(o), _mm256_extracti128_si256(o, 1));
  return _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_inserti128_si256(_mm256_castsi128_si256(e8), o8, 1)));
}

// 16 estimates; returns which are below the limit.
INLINE int64_t half(__m512 sums, const float *a, const float *b, float base, float scale, float shift, float limit, float *out) {
  const __m512 product = _mm512_add_ps(_mm512_mul_ps(sums, _mm512_set1_ps(scale)), _mm512_set1_ps(shift));
  const __m512 r = _mm512_add_ps(_mm512_fmadd_ps(product, _mm512_loadu_ps(b), _mm512_loadu_ps(a)), _mm512_set1_ps(base));
  const __m512 estimate = _mm512_max_ps(r, _mm512_setzero_ps());
  _mm512_storeu_ps(out, estimate);
  return _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(r, r, _CMP_ORD_Q), estimate, _mm512_set1_ps(limit), _CMP_LT_OQ);
}

int64_t estimate(const uint8_t *codes, const uint8_t *tables, int64_t bytes, const float *factors, float base, float scale, float shift,
                 float limit, float *out) {
  const __m512i nibble = _mm512_set1_epi8(15);
  __m512i w0 = _mm512_setzero_si512(), o0 = w0, w1 = w0, o1 = w0;
  for (int64_t i = 0; i < bytes; i += 64) {
    const __m512i c = _mm512_loadu_si512(codes + i), t = _mm512_loadu_si512(tables + i);
    const __m512i low = _mm512_shuffle_epi8(t, _mm512_and_si512(c, nibble));
    const __m512i high = _mm512_shuffle_epi8(t, _mm512_and_si512(_mm512_srli_epi16(c, 4), nibble));
    w0 = _mm512_add_epi16(w0, low);
    o0 = _mm512_add_epi16(o0, _mm512_srli_epi16(low, 8));
    w1 = _mm512_add_epi16(w1, high);
    o1 = _mm512_add_epi16(o1, _mm512_srli_epi16(high, 8));
  }
  return half(sums(w0, o0), factors, factors + 32, base, scale, shift, limit, out) |
         half(sums(w1, o1), factors + 16, factors + 48, base, scale, shift, limit, out + 16) << 16;
}
