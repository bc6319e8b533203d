// Distances of many 7-bit codes to many others, four by four: a line that was read serves four times, and what is kept of 16
// pairs is added up together. One function, no calls, no data: its machine code is kept as text in
// ../resources/dev/sextant/kernel/tiles-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the
// system allows that and the processor knows the instructions. Distances are those of codes.c, to the last bit.
#include "shared.h"

enum { TRAILER = 16, SIDE = 4 };

// Written out, since the compiler copies each sum before it adds to it and keeps one in memory.
INLINE void add(__m512i *sum, __m512i query, __m512i row) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(query), "v"(row));
}

// One sum for each of 16: of number 4 i + j in lane i, place j.
INLINE __m512i sums(const __m512i s[16]) {
  __m512i t[8], u[4];
  for (int i = 0; i < 8; i++)
    t[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(s[2 * i], s[2 * i + 1]), _mm512_unpackhi_epi32(s[2 * i], s[2 * i + 1]));
  for (int i = 0; i < 4; i++)
    u[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(t[2 * i], t[2 * i + 1]), _mm512_unpackhi_epi64(t[2 * i], t[2 * i + 1]));
  for (int i = 0; i < 2; i++)
    t[i] = _mm512_add_epi32(_mm512_shuffle_i32x4(u[2 * i], u[2 * i + 1], 0x88), _mm512_shuffle_i32x4(u[2 * i], u[2 * i + 1], 0xdd));
  return _mm512_add_epi32(_mm512_shuffle_i32x4(t[0], t[1], 0x88), _mm512_shuffle_i32x4(t[0], t[1], 0xdd));
}

// What stands at one place of four trailers, each in a lane of its own.
INLINE __m512 lanes(const float *a, const float *b, const float *c, const float *d) {
  __m512 all = _mm512_castps128_ps512(_mm_set1_ps(*a));
  all = _mm512_insertf32x4(all, _mm_set1_ps(*b), 1);
  all = _mm512_insertf32x4(all, _mm_set1_ps(*c), 2);
  return _mm512_insertf32x4(all, _mm_set1_ps(*d), 3);
}

// The same, the four in each lane.
INLINE __m512 places(const float *a, const float *b, const float *c, const float *d) {
  return _mm512_broadcast_f32x4(_mm_setr_ps(*a, *b, *c, *d));
}

// Code number list[i], the last one again where there are no more.
INLINE const uint8_t *code(const uint8_t *base, int64_t stride, const int32_t *list, int64_t i, int64_t n) {
  return base + list[i < n ? i : n - 1] * stride;
}

void tiles(const uint8_t *base, int64_t stride, int64_t dimension, const int32_t *queries, int64_t m, const int32_t *rows,
           int64_t n, float *out) {
  const int64_t full = dimension & -64, tail = stride - TRAILER;
  const __mmask64 rest = (dimension & 63) ? ~0ull >> (64 - (dimension & 63)) : 0;
  for (int64_t i = 0; i < m; i += SIDE) {
    const uint8_t *q0 = code(base, stride, queries, i, m), *q1 = code(base, stride, queries, i + 1, m);
    const uint8_t *q2 = code(base, stride, queries, i + 2, m), *q3 = code(base, stride, queries, i + 3, m);
    const float *f0 = (const float *)(q0 + tail), *f1 = (const float *)(q1 + tail);
    const float *f2 = (const float *)(q2 + tail), *f3 = (const float *)(q3 + tail);
    const __m512 low = lanes(f0, f1, f2, f3), step = lanes(f0 + 1, f1 + 1, f2 + 1, f3 + 1);
    const __m512 norm = lanes(f0 + 3, f1 + 3, f2 + 3, f3 + 3);
    const __m512 all = _mm512_add_ps(_mm512_mul_ps(_mm512_set1_ps((float)dimension), low),
                                     lanes(f0 + 2, f1 + 2, f2 + 2, f3 + 2));
    for (int64_t j = 0; j < n; j += SIDE) {
      const uint8_t *r0 = code(base, stride, rows, j, n), *r1 = code(base, stride, rows, j + 1, n);
      const uint8_t *r2 = code(base, stride, rows, j + 2, n), *r3 = code(base, stride, rows, j + 3, n);
      if (i == 0)
        for (int64_t a = SIDE; a < 2 * SIDE; a++) fetch(code(base, stride, rows, j + a, n), stride);
      __m512i s[16];
      for (int k = 0; k < 16; k++) s[k] = _mm512_setzero_si512();
#define LINE(LOAD)                                                                                                     \
  {                                                                                                                    \
    const __m512i a = _mm512_loadu_si512(r0 + b), c = _mm512_loadu_si512(r1 + b);                                      \
    const __m512i d = _mm512_loadu_si512(r2 + b), e = _mm512_loadu_si512(r3 + b);                                      \
    FOUR(0, LOAD(q0 + b)) FOUR(4, LOAD(q1 + b)) FOUR(8, LOAD(q2 + b)) FOUR(12, LOAD(q3 + b))                           \
  }
#define FOUR(at, load)                                                                                                 \
  {                                                                                                                    \
    const __m512i q = load;                                                                                            \
    add(&s[at], q, a), add(&s[at + 1], q, c), add(&s[at + 2], q, d), add(&s[at + 3], q, e);                            \
  }
#define WHOLE(p) _mm512_loadu_si512(p)
#define PART(p) _mm512_maskz_loadu_epi8(rest, p)
      int64_t b = 0;
      for (; b < full; b += 64) LINE(WHOLE)
      if (rest) LINE(PART)
      const float *t0 = (const float *)(r0 + tail), *t1 = (const float *)(r1 + tail);
      const float *t2 = (const float *)(r2 + tail), *t3 = (const float *)(r3 + tail);
      const __m512 products = _mm512_mul_ps(_mm512_mul_ps(places(t0 + 1, t1 + 1, t2 + 1, t3 + 1), step),
                                            _mm512_cvtepi32_ps(sums(s)));
      const __m512 lows = _mm512_add_ps(_mm512_mul_ps(places(t0, t1, t2, t3), all),
                                        _mm512_mul_ps(low, places(t0 + 2, t1 + 2, t2 + 2, t3 + 2)));
      const __m512 dot = _mm512_add_ps(lows, products);
      const __m512 distance =
          _mm512_sub_ps(_mm512_add_ps(norm, places(t0 + 3, t1 + 3, t2 + 3, t3 + 3)), _mm512_add_ps(dot, dot));
      const __mmask8 there = n - j >= SIDE ? 15 : (1 << (n - j)) - 1;
      float *to = out + i * n + j;
      _mm_mask_storeu_ps(to, there, _mm512_castps512_ps128(distance));
      if (i + 1 < m) _mm_mask_storeu_ps(to + n, there, _mm512_extractf32x4_ps(distance, 1));
      if (i + 2 < m) _mm_mask_storeu_ps(to + 2 * n, there, _mm512_extractf32x4_ps(distance, 2));
      if (i + 3 < m) _mm_mask_storeu_ps(to + 3 * n, there, _mm512_extractf32x4_ps(distance, 3));
    }
  }
}
