// Four queries and rows of floats: what LaneTiles does, without waiting for the compiler, which takes long over sixteen sums; an index is measured by
// some hundred queries that pass over all rows together. One function, no calls, no data: its machine code is kept as text in
// ../resources/dev/sextant/kernel/several-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the system allows that and
// the processor knows the instructions. Each sum is that of floats.c for one row and one query, in the same order.
#include "shared.h"

enum { L2 = 0, DOT = 1, TILE = 4 };

INLINE void score(const uint8_t *query, int64_t apart, const uint8_t *const *at, const int count, int64_t bytes, const int kind, float *const *out, int64_t to) {
  __m512 sums[TILE * TILE];
#pragma GCC unroll 16
  for (int i = 0; i < TILE * count; i++) sums[i] = _mm512_setzero_ps();
  for (int64_t b = 0; b < bytes; b += 64) {
    __m512 v[TILE];
#pragma GCC unroll 4
    for (int r = 0; r < count; r++) v[r] = _mm512_loadu_ps((const float *)(at[r] + b));
#pragma GCC unroll 4
    for (int q = 0; q < TILE; q++) {
      const __m512 asked = _mm512_loadu_ps((const float *)(query + q * apart + b));
#pragma GCC unroll 4
      for (int r = 0; r < count; r++) {
        __m512 *sum = &sums[q * count + r];
        if (kind == L2) {
          const __m512 off = _mm512_sub_ps(v[r], asked);
          *sum = _mm512_fmadd_ps(off, off, *sum);
        } else *sum = _mm512_fmadd_ps(v[r], asked, *sum);
      }
    }
  }
#pragma GCC unroll 4
  for (int q = 0; q < TILE; q++)
#pragma GCC unroll 4
    for (int r = 0; r < count; r++) out[q][to + r] = _mm512_reduce_add_ps(sums[q * count + r]);
}

INLINE void all(const uint8_t *query, int64_t apart, const uint8_t *base, int64_t stride, int64_t bytes, const int kind, const int32_t *rows, int64_t n, float *const *out) {
  int64_t i = 0;
  for (; i + TILE <= n; i += TILE) {
    const uint8_t *at[TILE];
#pragma GCC unroll 4
    for (int r = 0; r < TILE; r++) at[r] = base + rows[i + r] * stride;
    score(query, apart, at, TILE, bytes, kind, out, i);
  }
  for (; i < n; i++) {
    const uint8_t *at[1] = {base + rows[i] * stride};
    score(query, apart, at, 1, bytes, kind, out, i);
  }
}

// `bytes` of a row and of a query, a multiple of 64; what stands behind the last component is 0 in both. Queries are `apart`.
void several(const uint8_t *query, int64_t apart, const uint8_t *base, int64_t stride, int64_t bytes, int64_t kind, const int32_t *rows, int64_t n,
             float *first, float *second, float *third, float *fourth) {
  float *out[TILE] = {first, second, third, fourth};
  if (kind == L2) all(query, apart, base, stride, bytes, L2, rows, n, out);
  else all(query, apart, base, stride, bytes, DOT, rows, n, out);
}
