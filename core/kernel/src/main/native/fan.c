// A fan of a node's block whole: what NodeBlocks does neighbour by neighbour in putFanBy. A difference is made where it is coded, not copied before, and
// the bytes of codes go to where they are interleaved. One function, no calls, no data: its machine code is kept as text in
// ../resources/dev/sextant/kernel/fan-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the system allows that and the
// processor knows the instructions. The same bytes as by coding.c.
#include "coding.h"

enum { FAN = 32 };

// Of each eight components of 32 rows: the lower four of rows 0 … 15 below those of rows 16 … 31, then the upper four.
INLINE void interleave(const uint8_t *all, int64_t eights, uint8_t *out) {
  uint32_t bits = 0x0f0f0f0f;
  __asm__("" : "+r"(bits));
  const __m128i nibbles = _mm_set1_epi32(bits);
  for (int64_t e = 0; e < eights; e++, all += FAN, out += FAN) {
    const __m128i low = _mm_loadu_si128((const __m128i *)all), high = _mm_loadu_si128((const __m128i *)(all + 16));
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(low, 4), nibbles);
    _mm_storeu_si128((__m128i *)out, _mm_or_si128(_mm_and_si128(low, nibbles), _mm_slli_epi16(_mm_and_si128(high, nibbles), 4)));
    _mm_storeu_si128((__m128i *)(out + 16), _mm_or_si128(upper, _mm_andnot_si128(nibbles, high)));
  }
}

// `turned` has rows of `size` floats, of which the neighbours are those at `places`; what stands for `nodes` goes to the fan at `out`. `all` is room for
// a byte of each eight bits of 32 codes.
void fan(const float *turned, int64_t size, const int32_t *places, const int32_t *nodes, int64_t n, const float *centre, int64_t bits, uint8_t *out,
         uint8_t *all) {
  const int64_t eights = size * bits / 8;
  float *a = (float *)(out + FAN * eights), *b = a + FAN;
  int32_t *named = (int32_t *)(b + FAN);
  for (int64_t i = 0; i < FAN * eights; i += FAN) {
    _mm256_storeu_si256((__m256i *)(all + i), _mm256_setzero_si256());
    __asm__("" ::: "memory"); // or it becomes a call
  }
  for (int slot = 0; slot < FAN; slot += 16) {
    _mm512_storeu_ps(a + slot, _mm512_set1_ps(number(0x7f7fffff)));
    _mm512_storeu_ps(b + slot, _mm512_setzero_ps());
    _mm512_storeu_si512(named + slot, _mm512_set1_epi32(-1));
  }
  for (int64_t row = 0; row < n; row++) {
    const float *x = turned + places[row] * size;
    if (row + 1 < n) fetch((const uint8_t *)(turned + places[row + 1] * size), 4 * size);
    float sums[3];
    if (bits == 1) signs(x, centre, centre, size, all + row, FAN, sums);
    else fours(x, centre, centre, size, all + row, FAN, sums);
    const float f = sums[1] > 0 ? sums[0] / sums[1] : 0;
    const int64_t slot = (row & 16) + (row & 1) * 8 + (row & 15) / 2;
    a[slot] = sums[0] + 2 * f * sums[2];
    b[slot] = number(0xc0000000) * f;
    named[slot] = nodes[row];
  }
  interleave(all, eights, out);
}
