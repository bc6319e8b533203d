// Squared distances of the 8-bit rows at the head of node blocks, in bulk: what NodeBlocks.distance does row by row, with
// the two things that Java cannot say, a multiply-add of bytes (vpdpbusd) and prefetch. One function, no calls, no data: its
// machine code is kept as text in ../resources/dev/sextant/kernel/rows-amd64-avx512vnni.hex (./build makes it) and is mapped
// executable at start, where the system allows that and the processor knows the instructions.
#include "shared.h"

enum { TRAILER = 24, LINES_AHEAD = 24 };

// A query's byte q meets a row's byte r as r · (q − 128) + 128 · r, since one of two bytes that are multiplied is signed.
void rows(const uint8_t *query, const uint8_t *bytes, const uint8_t *base, int64_t stride, int64_t components,
          int64_t rowBytes, const int32_t *rows, int64_t n, float *out) {
  const double low = ((const float *)query)[0], step = ((const float *)query)[1];
  const double length = ((const double *)query)[1], all = ((const double *)query)[2];
  const int64_t full = components & -64;
  const __mmask64 rest = (components & 63) ? ~0ull >> (64 - (components & 63)) : 0;
  const __m512i half = _mm512_set1_epi8((char)0x80), one = _mm512_set1_epi8(1);
  int64_t ahead = LINES_AHEAD * 64 / rowBytes;
  if (ahead < 2) ahead = 2;
  for (int64_t i = 0; i < n && i < ahead; i++) fetch(base + rows[i] * stride, rowBytes);
  for (int64_t i = 0; i < n; i++) {
    const uint8_t *row = base + rows[i] * stride;
    if (i + ahead < n) fetch(base + rows[i + ahead] * stride, rowBytes);
    __m512i products = _mm512_setzero_si512(), sums = products;
    for (int64_t b = 0; b < full; b += 64) {
      const __m512i r = _mm512_loadu_si512(row + b);
      products = _mm512_dpbusd_epi32(products, r, _mm512_xor_si512(_mm512_loadu_si512(bytes + b), half));
      sums = _mm512_dpbusd_epi32(sums, r, one);
    }
    if (rest) {
      const __m512i r = _mm512_maskz_loadu_epi8(rest, row + full);
      products = _mm512_dpbusd_epi32(products, r, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, bytes + full), half));
      sums = _mm512_dpbusd_epi32(sums, r, one);
    }
    const int32_t dot = _mm512_reduce_add_epi32(_mm512_add_epi32(products, _mm512_slli_epi32(sums, 7)));
    const uint8_t *t = row + rowBytes - TRAILER;
    const double rowLow = ((const float *)t)[2], rowStep = ((const float *)t)[3], rowSum = ((const float *)t)[4];
    const double product = rowLow * all + low * rowSum + rowStep * step * dot;
    out[i] = (float)(*(const double *)t + length - 2 * product);
  }
}
