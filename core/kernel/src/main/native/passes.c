// One pass over floats, or over the bytes that they become: what LaneFloats.subtract, .scale, .squares, .bounds and .sumUp and LaneBlocks.quantise, .split
// and .dot do.
// The first thousands of rows of a build pass here before any loop on the Vector API is compiled, and until then each of its vectors is an object. One
// function, no calls, no data: its machine code is kept as text in ../resources/dev/sextant/kernel/passes-amd64-avx512vnni.hex (./build makes it) and
// is mapped executable at start, where the system allows that and the processor knows the instructions. The same results to the last bit.
#include "shared.h"

enum { SUBTRACT = 0, SCALE = 1, SQUARES = 2, BOUNDS = 3, QUANTISE = 4, DOT = 5, SUM_UP = 6, SPLIT = 7, LANES = 16, LEAST = 4, MOST = 5 };

// Components `i …` of `n`.
INLINE __mmask16 there(int64_t i, int64_t n) { return n - i >= LANES ? 0xffff : (__mmask16)((1u << (n - i)) - 1); }

// Folds 16 lanes to one; −0 is less than 0, as Java has it.
#define FOLD(v, how)                                                \
  v = _mm512_range_ps(v, _mm512_shuffle_f32x4(v, v, 0x4e), how); \
  v = _mm512_range_ps(v, _mm512_shuffle_f32x4(v, v, 0xb1), how); \
  v = _mm512_range_ps(v, _mm512_permute_ps(v, 0x4e), how);       \
  v = _mm512_range_ps(v, _mm512_permute_ps(v, 0xb1), how);

// The least and the largest of n floats; whether all are whole: as Java makes an int of a float, 2³¹ is the largest that can be.
INLINE int64_t bounds(const float *x, int64_t n, float *out) {
  __m512 low = _mm512_set1_ps(number(0x7f800000)), high = _mm512_set1_ps(number(0xff800000));
  const __m512 top = _mm512_set1_ps(number(0x4f000000));
  __mmask16 apart = 0;
  for (int64_t i = 0; i < n; i += LANES) {
    const __mmask16 these = there(i, n);
    const __m512 v = _mm512_maskz_loadu_ps(these, x + i), whole = _mm512_cvtepi32_ps(_mm512_cvttps_epi32(v));
    low = _mm512_mask_range_ps(low, these, low, v, LEAST);
    high = _mm512_mask_range_ps(high, these, high, v, MOST);
    apart |= _mm512_mask_cmp_ps_mask(these, v, whole, _CMP_NEQ_UQ) & _mm512_cmp_ps_mask(v, top, _CMP_NEQ_UQ);
  }
  FOLD(low, LEAST)
  FOLD(high, MOST)
  out[0] = _mm512_cvtss_f32(low);
  __asm__("" ::: "memory"); // both in one store take a table of places
  out[1] = _mm512_cvtss_f32(high);
  return apart == 0;
}

// Bytes `(x − low) · by`, rounded; Σ c² above Σ c.
INLINE int64_t quantise(const float *x, int64_t n, float low, float by, uint8_t *out) {
  const __m512 l = _mm512_set1_ps(low), s = _mm512_set1_ps(by), half = _mm512_set1_ps(number(0x3f000000)), most = _mm512_set1_ps(number(0x437f0000));
  __m512i sum = _mm512_setzero_si512(), squares = sum;
  for (int64_t i = 0; i < n; i += LANES) {
    const __mmask16 these = there(i, n);
    const __m512 v = _mm512_add_ps(_mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(these, x + i), l), s), half);
    const __m512i code = _mm512_maskz_cvttps_epi32(these, _mm512_min_ps(_mm512_max_ps(v, _mm512_setzero_ps()), most));
    sum = _mm512_add_epi32(sum, code);
    squares = _mm512_add_epi32(squares, _mm512_mullo_epi32(code, code));
    _mm512_mask_cvtepi32_storeu_epi8(out + i, these, code);
  }
  return ((int64_t)_mm512_reduce_add_epi32(squares) << 32) + _mm512_reduce_add_epi32(sum);
}

// Bytes of a row times shorts that are bytes: no product exceeds 16 unsigned bits, no pair of them 32.
INLINE int64_t dot(const uint8_t *row, const uint8_t *even, const uint8_t *odd, int64_t n) {
  __m512i sum = _mm512_setzero_si512();
  const __m512i low = _mm512_srli_epi16(_mm512_ternarylogic_epi32(sum, sum, sum, 0xff), 8);
  for (int64_t i = 0; i < n; i += 64) {
    const __m512i r = _mm512_loadu_si512(row + i);
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_and_si512(r, low), _mm512_loadu_si512(even + i)));
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_srli_epi16(r, 8), _mm512_loadu_si512(odd + i)));
  }
  return _mm512_reduce_add_epi32(sum);
}

INLINE int64_t squares(const float *x, int64_t n) {
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = _mm512_loadu_ps(x + i);
    sum = _mm512_fmadd_ps(v, v, sum);
  }
  return (uint32_t)_mm_cvtsi128_si32(_mm_castps_si128(_mm_set_ss(_mm512_reduce_add_ps(sum))));
}

// Sums as doubles.
INLINE void sumUp(const float *x, int64_t n, double *sums) {
  for (int64_t i = 0; i < n; i += 8)
    _mm512_storeu_pd(sums + i, _mm512_add_pd(_mm512_loadu_pd(sums + i), _mm512_cvtps_pd(_mm256_loadu_ps(x + i))));
}

// Bytes at even and at odd places as shorts.
INLINE void split(const uint8_t *bytes, int64_t n, uint8_t *even, uint8_t *odd) {
  const __m512i zero = _mm512_setzero_si512(), low = _mm512_srli_epi16(_mm512_ternarylogic_epi32(zero, zero, zero, 0xff), 8);
  for (int64_t i = 0; i < n; i += 64) {
    const __m512i pairs = _mm512_loadu_si512(bytes + i);
    _mm512_storeu_si512(even + i, _mm512_and_si512(pairs, low));
    _mm512_storeu_si512(odd + i, _mm512_srli_epi16(pairs, 8));
  }
}

// `n` is a multiple of 64 but for BOUNDS and QUANTISE.
int64_t passes(int64_t kind, float *x, int64_t n, float *y, float low, float by, uint8_t *out) {
  if (kind == SUBTRACT)
    for (int64_t i = 0; i < n; i += LANES) _mm512_storeu_ps(x + i, _mm512_sub_ps(_mm512_loadu_ps(x + i), _mm512_loadu_ps(y + i)));
  else if (kind == SCALE)
    for (int64_t i = 0; i < n; i += LANES) _mm512_storeu_ps(x + i, _mm512_mul_ps(_mm512_loadu_ps(x + i), _mm512_set1_ps(by)));
  else if (kind == SQUARES) return squares(x, n);
  else if (kind == BOUNDS) return bounds(x, n, (float *)out);
  else if (kind == QUANTISE) return quantise(x, n, low, by, out);
  else if (kind == DOT) return dot((const uint8_t *)x, (const uint8_t *)y, out, n);
  else if (kind == SUM_UP) sumUp(x, n, (double *)out);
  else split((const uint8_t *)x, n, (uint8_t *)y, out);
  return 0;
}
