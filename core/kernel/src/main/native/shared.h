// What several of these functions do: ask for memory early, multiply and add bytes (vpdpbusd), and name a number.
#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

INLINE void fetch(const uint8_t *row, int64_t bytes) {
  for (int64_t b = 0; b < bytes; b += 64) _mm_prefetch((const char *)row + b, _MM_HINT_T0);
}

// Of 7-bit codes Σ query · row over `full` components and those of `rest` behind them.
INLINE int32_t sumOf(const uint8_t *query, const uint8_t *row, const int64_t full, const __mmask64 rest) {
  __m512i s0 = _mm512_setzero_si512(), s1 = s0;
  int64_t b = 0;
  for (; b + 128 <= full; b += 128) {
    s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(query + b), _mm512_loadu_si512(row + b));
    s1 = _mm512_dpbusd_epi32(s1, _mm512_loadu_si512(query + b + 64), _mm512_loadu_si512(row + b + 64));
  }
  if (b < full) s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(query + b), _mm512_loadu_si512(row + b));
  if (rest) s1 = _mm512_dpbusd_epi32(s1, _mm512_maskz_loadu_epi8(rest, query + full), _mm512_loadu_si512(row + full));
  return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));
}

// A constant in memory would be data.
INLINE float number(uint32_t bits) {
  __asm__("" : "+r"(bits));
  return _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(bits)));
}
