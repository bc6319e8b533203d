// Distances of 7-bit codes in bulk: what Lanes does in the Vector API, with the two things that Java cannot say, a
// multiply-add of bytes (vpdpbusd) and prefetch. One function, no calls, no data, no stack frame to speak of: its machine
// code is kept as text in ../resources/dev/sextant/kernel/codes-amd64-avx512vnni.hex (./build makes it) and is mapped
// executable at start, where the system allows that and the processor knows the instructions. Plain and Lanes are its twins.
#include "shared.h"

enum { TRAILER = 16, AHEAD = 6 };

// Not for the first cache: it can wait for a few lines at once only, and a block has more.
INLINE void fetchFar(const uint8_t *block, int64_t bytes) {
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
    const int32_t sum = sumOf(query, row, full, rest);
    const float *t = (const float *)(row + stride - TRAILER);
    const float dot = t[0] * all + low * t[2] + t[1] * step * (float)sum;
    out[i] = inner ? 0 - dot : norm + t[3] - 2 * dot;
  }
}
