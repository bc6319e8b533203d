// Distances of 7-bit codes in bulk: what Lanes does in the Vector API, with the two things that Java cannot say, a
// multiply-add of bytes (vpdpbusd) and prefetch. One function, no calls, no data, no stack frame to speak of: its machine
// code is kept as text in ../resources/dev/sextant/kernel/codes-amd64-avx512vnni.hex (./build makes it) and is mapped
// executable at start, where the system allows that and the processor knows the instructions. Plain and Lanes are its twins.
#include <immintrin.h>
#include <stdint.h>

enum { TRAILER = 16, AHEAD = 6 };

static inline __attribute__((always_inline)) void fetch(const uint8_t *row, int64_t bytes) {
  for (int64_t b = 0; b < bytes; b += 64) _mm_prefetch((const char *)row + b, _MM_HINT_T0);
}

// Not for the first cache: it can wait for a few lines at once only, and a block has more.
static inline __attribute__((always_inline)) void fetchFar(const uint8_t *block, int64_t bytes) {
  for (int64_t b = 0; b < bytes; b += 64) _mm_prefetch((const char *)block + b, _MM_HINT_T1);
}

void codes(const uint8_t *query, const uint8_t *base, int64_t stride, int64_t dimension, int64_t inner,
           const int32_t *rows, int64_t n, float *out, const uint8_t *soon, int64_t soonBytes) {
  const float *q = (const float *)(query + stride - TRAILER);
  const float low = q[0], step = q[1], norm = q[3], all = (float)dimension * low + q[2];
  const int64_t full = dimension & -64;
  const __mmask64 rest = (dimension & 63) ? ~0ull >> (64 - (dimension & 63)) : 0;
  fetchFar(soon, soonBytes); // what the caller is likely to read next
  for (int64_t i = 0; i < n && i < AHEAD; i++) fetch(base + rows[i] * stride, stride);
  for (int64_t i = 0; i < n; i++) {
    const uint8_t *row = base + rows[i] * stride;
    if (i + AHEAD < n) fetch(base + rows[i + AHEAD] * stride, stride);
    __m512i s0 = _mm512_setzero_si512(), s1 = s0;
    int64_t b = 0;
    for (; b + 128 <= full; b += 128) {
      s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(query + b), _mm512_loadu_si512(row + b));
      s1 = _mm512_dpbusd_epi32(s1, _mm512_loadu_si512(query + b + 64), _mm512_loadu_si512(row + b + 64));
    }
    if (b < full) s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(query + b), _mm512_loadu_si512(row + b));
    if (rest) s1 = _mm512_dpbusd_epi32(s1, _mm512_maskz_loadu_epi8(rest, query + full), _mm512_loadu_si512(row + full));
    const int32_t sum = _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));
    const float *t = (const float *)(row + stride - TRAILER);
    const float dot = t[0] * all + low * t[2] + t[1] * step * (float)sum;
    out[i] = inner ? 0 - dot : norm + t[3] - 2 * dot;
  }
}
