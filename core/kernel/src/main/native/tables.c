// The tables of a query: LaneBlocks.tables and LaneBlocks.fourTables in half of their time, and without waiting for the compiler. One function, no calls,
// no data: its machine code is kept as text in ../resources/dev/sextant/kernel/tables-amd64-avx512vnni.hex (./build makes it) and is mapped
// executable at start, where the system allows that and the processor knows the instructions. The same tables to the last bit; sums are made in
// another order.
#include "shared.h"

enum { LANES = 16 };

INLINE __m512 negative(__m512 v) { return _mm512_sub_ps(_mm512_setzero_ps(), v); }

INLINE __m512 twos(__m512 v) { return _mm512_add_ps(v, _mm512_permute_ps(v, 0xb1)); }

INLINE __m512 fours(__m512 v) {
  v = twos(v);
  return _mm512_add_ps(v, _mm512_permute_ps(v, 0x4e));
}

INLINE void put(__m512 entry, float scale, uint8_t *to) {
  const __m512 code = _mm512_add_ps(_mm512_mul_ps(entry, _mm512_set1_ps(scale)), _mm512_set1_ps(number(0x3f000000)));
  _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(code)));
}

INLINE void ofSigns(const float *x, int64_t n, float levels, float *room, uint8_t *tables, float *out) {
  const __m512 zero = _mm512_setzero_ps();
  __m512 widest = _mm512_set1_ps(number(0x00800000)), lifts = zero, all = zero;
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = _mm512_loadu_ps(x + i), lift = _mm512_max_ps(negative(v), zero);
    widest = _mm512_max_ps(widest, fours(_mm512_max_ps(v, negative(v))));
    all = _mm512_add_ps(all, v);
    lifts = _mm512_add_ps(lifts, lift);
    _mm512_storeu_ps(room + i, fours(lift));
  }
  const float range = _mm512_reduce_max_ps(widest), scale = levels / range;
  for (int64_t q = 0; q < n; q += 4) {
    __m512 entry = _mm512_set1_ps(room[q]);
    entry = _mm512_mask_add_ps(entry, 0xaaaa, entry, _mm512_set1_ps(x[q]));
    entry = _mm512_mask_add_ps(entry, 0xcccc, entry, _mm512_set1_ps(x[q + 1]));
    entry = _mm512_mask_add_ps(entry, 0xf0f0, entry, _mm512_set1_ps(x[q + 2]));
    entry = _mm512_mask_add_ps(entry, 0xff00, entry, _mm512_set1_ps(x[q + 3]));
    put(entry, scale, tables + 4 * q);
  }
  out[0] = range / levels;
  out[1] = 0 - _mm512_reduce_add_ps(lifts);
  out[2] = _mm512_reduce_add_ps(all);
}

// −3, −1, 1, 3 by two bits of the lane.
INLINE __m512 values(__mmask16 first, __mmask16 second) {
  __m512 v = _mm512_set1_ps(number(0xc0400000));
  v = _mm512_mask_add_ps(v, first, v, _mm512_set1_ps(number(0x40000000)));
  return _mm512_mask_add_ps(v, second, v, _mm512_set1_ps(number(0x40800000)));
}

INLINE void ofFours(const float *x, int64_t n, float levels, float *room, uint8_t *tables, float *out) {
  const __m512 three = _mm512_set1_ps(number(0x40400000));
  __m512 widest = _mm512_set1_ps(number(0x00800000)), sizes = _mm512_setzero_ps(), all = sizes;
  for (int64_t i = 0; i < n; i += LANES) {
    const __m512 v = _mm512_loadu_ps(x + i), size = _mm512_max_ps(v, negative(v)), both = twos(size);
    all = _mm512_add_ps(all, v);
    sizes = _mm512_add_ps(sizes, size);
    widest = _mm512_max_ps(widest, both);
    _mm512_storeu_ps(room + i, _mm512_mul_ps(both, three));
  }
  const float range = number(0x40c00000) * _mm512_reduce_max_ps(widest), scale = levels / range;
  const __m512 first = values(0xaaaa, 0xcccc), second = values(0xf0f0, 0xff00);
  for (int64_t q = 0; q < n; q += 2) {
    __m512 entry = _mm512_add_ps(_mm512_mul_ps(first, _mm512_set1_ps(x[q])), _mm512_set1_ps(room[q]));
    put(_mm512_add_ps(_mm512_mul_ps(second, _mm512_set1_ps(x[q + 1])), entry), scale, tables + 8 * q);
  }
  out[0] = range / levels;
  out[1] = number(0xc0400000) * _mm512_reduce_add_ps(sizes);
  out[2] = _mm512_reduce_add_ps(all);
}

// Of codes of `bits` a component: 1 or 2.
void tables(const float *x, int64_t n, int64_t bits, int64_t levels, float *room, uint8_t *tables, float *out) {
  if (bits == 1) ofSigns(x, n, (float)levels, room, tables, out);
  else ofFours(x, n, (float)levels, room, tables, out);
}
