// Chooses among candidates those that no earlier choice is nearer to, over 7-bit codes: what Codes.apart does call by call,
// with the multiply-add of bytes and prefetch, which Java has no words for, and no call for each few. One function, no calls,
// no data: its machine code is kept as text in ../resources/dev/sextant/kernel/apart-amd64-avx512vnni.hex (./build makes it)
// and is mapped executable at start, where the system allows that and the processor knows the instructions. Distances are
// those of codes.c, to the last bit.
#include "shared.h"

enum { TRAILER = 16, AHEAD = 3 };

// A key of `order` is the bits of a distance above, a node below.
int64_t apart(const uint8_t *base, int64_t stride, int64_t dimension, const int64_t *order, int64_t n, int64_t most,
              float slack, int32_t *kept) {
  const int64_t full = dimension & -64;
  const __mmask64 rest = (dimension & 63) ? ~0ull >> (64 - (dimension & 63)) : 0;
  int64_t count = 0;
  for (int64_t i = 0; i < n && i < AHEAD; i++) fetch(base + (int32_t)order[i] * stride, stride);
  for (int64_t i = 0; i < n && count < most; i++) {
    if (i + AHEAD < n) fetch(base + (int32_t)order[i + AHEAD] * stride, stride);
    const int32_t node = (int32_t)order[i];
    const uint8_t *query = base + node * stride;
    const float *q = (const float *)(query + stride - TRAILER);
    const float low = q[0], step = q[1], norm = q[3], all = (float)dimension * low + q[2];
    const float distance = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128((int32_t)(order[i] >> 32))));
    int64_t j = 0;
    for (; j < count; j++) {
      const uint8_t *row = base + kept[j] * stride;
      const int32_t sum = sumOf(query, row, full, rest);
      const float *t = (const float *)(row + stride - TRAILER);
      const float dot = t[0] * all + low * t[2] + t[1] * step * (float)sum;
      if (slack * (norm + t[3] - 2 * dot) < distance) break;
    }
    if (j == count) kept[count++] = node;
  }
  return count;
}
