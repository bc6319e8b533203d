// What a code says of a difference, its signs or two bits a component, and the three sums that go with it: of what stands at `x`, less what
// stands at `less` where that is given. Bytes of the code stand `step` apart.
#include "shared.h"

enum { LANES = 16, LIMITS = 8 };

INLINE __m512 size(__m512 v) { return _mm512_max_ps(v, _mm512_sub_ps(_mm512_setzero_ps(), v)); }

INLINE __m512 negate(__m512 v, __mmask16 where) { return _mm512_mask_sub_ps(v, where, _mm512_setzero_ps(), v); }

INLINE __m512 apart(const float *x, const float *less, int64_t i) {
  const __m512 v = _mm512_loadu_ps(x + i);
  return less ? _mm512_sub_ps(v, _mm512_loadu_ps(less + i)) : v;
}

INLINE void put(uint8_t *codes, const int64_t step, uint64_t code, const int bytes) {
#pragma GCC unroll 4
  for (int b = 0; b < bytes; b++) codes[b * step] = code >> 8 * b;
}

INLINE void signs(const float *x, const float *less, const float *y, int64_t n, uint8_t *codes, const int64_t step, float *out) {
  __m512 squares = _mm512_setzero_ps(), absolute = squares, other = squares;
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = apart(x, less, i);
    const __mmask16 negative = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_LT_OQ);
    squares = _mm512_fmadd_ps(v, v, squares);
    absolute = _mm512_add_ps(absolute, size(v));
    other = _mm512_add_ps(other, negate(_mm512_loadu_ps(y + i), negative));
    put(codes + i / 8 * step, step, ~negative, 2);
  }
  out[0] = _mm512_reduce_add_ps(squares);
  out[1] = _mm512_reduce_add_ps(absolute);
  out[2] = _mm512_reduce_add_ps(other);
}

// The size from which a component counts three times: of some around the deviation the one whose code is nearest in direction.
INLINE float limitOf(const float *x, const float *less, int64_t n, float squares) {
  const __m512 three = _mm512_set1_ps(number(0x40400000));
  const float mean = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(squares / (float)n)));
  __m512 sums[LIMITS], tried[LIMITS];
  int32_t large[LIMITS];
#pragma GCC unroll 8
  for (int step = 0; step < LIMITS; step++) {
    sums[step] = _mm512_setzero_ps();
    large[step] = 0;
    int32_t by = step;
    __asm__("" : "+r"(by));
    tried[step] = _mm512_set1_ps(mean * (number(0x3f333333) + number(0x3dcccccd) * (float)by)); // 0.7 + 0.1 · step
  }
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 s = size(apart(x, less, i)), thrice = _mm512_mul_ps(s, three);
#pragma GCC unroll 8
    for (int step = 0; step < LIMITS; step++) {
      const __mmask16 above = _mm512_cmp_ps_mask(s, tried[step], _CMP_GT_OQ);
      sums[step] = _mm512_add_ps(sums[step], _mm512_mask_mov_ps(s, above, thrice));
      large[step] += __builtin_popcount(above);
    }
  }
  float best = 0, limit = mean;
#pragma GCC unroll 8
  for (int step = 0; step < LIMITS; step++) {
    const float product = _mm512_reduce_add_ps(sums[step]), near = product * product / (float)(n + 8 * large[step]);
    if (near <= best) continue;
    best = near;
    limit = _mm512_cvtss_f32(tried[step]);
  }
  return limit;
}

INLINE void fours(const float *x, const float *less, const float *y, int64_t n, uint8_t *codes, const int64_t step, float *out) {
  const uint64_t upper = 0xaaaaaaaaaaaaaaaa;
  __m512 squares = _mm512_setzero_ps(), product = squares, other = squares;
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = apart(x, less, i);
    squares = _mm512_fmadd_ps(v, v, squares);
  }
  out[0] = _mm512_reduce_add_ps(squares);
  const __m512 limit = _mm512_set1_ps(limitOf(x, less, n, out[0])), three = _mm512_set1_ps(number(0x40400000));
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = apart(x, less, i), s = size(v), w = _mm512_loadu_ps(y + i);
    const __mmask16 large = _mm512_cmp_ps_mask(s, limit, _CMP_GT_OQ);
    const __mmask16 negative = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_LT_OQ);
    product = _mm512_add_ps(product, _mm512_mask_mul_ps(s, large, s, three));
    other = _mm512_add_ps(other, negate(_mm512_mask_mul_ps(w, large, w, three), negative));
    const uint16_t above = ~negative, odd = ~(above ^ large);
    put(codes + i / 4 * step, step, _pdep_u64(above, upper) | _pdep_u64(odd, ~upper), 4);
  }
  out[1] = _mm512_reduce_add_ps(product);
  out[2] = _mm512_reduce_add_ps(other);
}
