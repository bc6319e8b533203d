// A query and rows of floats: squared distances, inner products, cosines. What Lanes does, with two things that Java cannot say, memory that is
// asked for early, and that it is there from the first call on: the compiler makes boxes of vectors until it has seen enough of them, and now
// and then for good. One function, no calls, no data: its machine code is kept as text in
// ../resources/dev/sextant/kernel/floats-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the system allows
// that and the processor knows the instructions.
#include "shared.h"

enum { L2 = 0, DOT = 1, COSINE = 2, LINES_AHEAD = 24, HEAD = 512 };

INLINE __m512 row(const uint8_t *at, int64_t b) { return _mm512_loadu_ps((const float *)(at + b)); }

// A row's score must not depend on its neighbours, so one alone is summed as four beside each other are.
INLINE void score(const uint8_t *query, const uint8_t *const *at, const int count, int64_t bytes, const int kind, float *out) {
  __m512 sums[4], squares[4];
#pragma GCC unroll 4
  for (int r = 0; r < count; r++) sums[r] = squares[r] = _mm512_setzero_ps();
  for (int64_t b = 0; b < bytes; b += 64) {
    const __m512 q = row(query, b);
#pragma GCC unroll 4
    for (int r = 0; r < count; r++) {
      const __m512 v = row(at[r], b);
      if (kind == L2) {
        const __m512 apart = _mm512_sub_ps(v, q);
        sums[r] = _mm512_fmadd_ps(apart, apart, sums[r]);
      } else sums[r] = _mm512_fmadd_ps(v, q, sums[r]);
      if (kind == COSINE) squares[r] = _mm512_fmadd_ps(v, v, squares[r]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < count; r++) {
    out[r] = _mm512_reduce_add_ps(sums[r]);
    if (kind != COSINE) continue;
    const float length = _mm512_reduce_add_ps(squares[r]);
    out[r] = length > 0 ? (float)(out[r] / _mm_cvtsd_f64(_mm_sqrt_pd(_mm_set1_pd(length)))) : 0;
  }
}

// The head of a row; the processor goes on by itself.
INLINE void soon(const uint8_t *row, int64_t bytes) { fetch(row, bytes < HEAD ? bytes : HEAD); }

INLINE void all(const uint8_t *query, const uint8_t *base, int64_t stride, int64_t bytes, const int kind, const int32_t *rows, int64_t n, float *out) {
  int64_t ahead = LINES_AHEAD * 64 / bytes;
  if (ahead < 4) ahead = 4;
  for (int64_t i = 0; i < n && i < ahead; i++) soon(base + rows[i] * stride, bytes);
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const uint8_t *at[4];
#pragma GCC unroll 4
    for (int r = 0; r < 4; r++) {
      at[r] = base + rows[i + r] * stride;
      if (i + ahead + r < n) soon(base + rows[i + ahead + r] * stride, bytes);
    }
    score(query, at, 4, bytes, kind, out + i);
  }
  for (; i < n; i++) {
    const uint8_t *at[1] = {base + rows[i] * stride};
    score(query, at, 1, bytes, kind, out + i);
  }
}

// `bytes` of a row and of the query, a multiple of 64; what stands behind the last component is 0 in both.
void floats(const uint8_t *query, const uint8_t *base, int64_t stride, int64_t bytes, int64_t kind, const int32_t *rows, int64_t n, float *out) {
  if (kind == L2) all(query, base, stride, bytes, L2, rows, n, out);
  else if (kind == DOT) all(query, base, stride, bytes, DOT, rows, n, out);
  else all(query, base, stride, bytes, COSINE, rows, n, out);
}
