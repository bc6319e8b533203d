// Of the rows of some cells those that pass a filter and whose estimate is below a limit, and a request for the memory of each: what
// Sieve.oneByOne does, with what Java cannot say (gather under a test, compress, prefetch). One function, no calls, no data: its
// machine code is kept as text in ../resources/dev/sextant/kernel/sieve-amd64-avx512vnni.hex (./build makes it).
#include "shared.h"

enum { LISTS_AHEAD = 3 };

typedef struct {
  const int32_t *bits;      // of rows 0 … in words of 32; not read where there are bits of places
  const int32_t *lists;     // the rows of all cells
  const uint8_t *codes;     // theirs, in the same order
  const uint8_t *query;     // step and all, two floats; at 64 the levels, a signed byte for each component
  const uint8_t *rows;      // what is asked for of a row that is below the limit:
  int64_t stride, rowBytes; // rowBytes at rows + row * stride
  int64_t words, upper;     // of a code: 64 components each, and whether there are upper bits
} Where;

// Not for the first cache, which can wait for a few lines at once only.
INLINE void fetchFar(const void *at, int64_t bytes) {
  for (int64_t b = 0; b < bytes; b += 64) _mm_prefetch((const char *)at + b, _MM_HINT_T1);
  if (bytes > 0) _mm_prefetch((const char *)at + bytes - 1, _MM_HINT_T1); // it may lie across one line more
}

INLINE __m512i upwards(void) {
  uint64_t first = 0x0706050403020100, second = 0x0f0e0d0c0b0a0908;
  __asm__("" : "+r"(first), "+r"(second)); // a constant in memory would be data
  return _mm512_cvtepu8_epi32(_mm_set_epi64x(second, first));
}

// Writes the places in a list of those that pass, 16 at a time; there is room for all and 16 more.
INLINE int64_t sift(const Where *w, const int32_t *list, int64_t count, int32_t *places) {
  const __m512i one = _mm512_set1_epi32(1), below = _mm512_set1_epi32(31), next = _mm512_set1_epi32(16);
  __m512i at = upwards();
  int64_t n = 0;
  for (int64_t i = 0; i < count; i += 16) {
    const __mmask16 present = count - i >= 16 ? 0xffff : (1u << (count - i)) - 1;
    const __m512i rows = _mm512_maskz_loadu_epi32(present, list + i);
    const __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), present, _mm512_srli_epi32(rows, 5), w->bits, 4);
    const __mmask16 pass = _mm512_test_epi32_mask(words, _mm512_sllv_epi32(one, _mm512_and_si512(rows, below)));
    _mm512_storeu_si512(places + n, _mm512_maskz_compress_epi32(pass, at));
    n += __builtin_popcount(pass);
    at = _mm512_add_epi32(at, next);
  }
  return n;
}

// The same of `count` bits from `from` on; the word behind the last of them may be read.
INLINE int64_t pick(const uint64_t *bits, int64_t from, int64_t count, int32_t *places) {
  const __m512i first = upwards();
  int64_t n = 0;
  for (int64_t i = 0; i < count; i += 64) {
    const uint64_t *at = bits + (from + i >> 6);
    const int64_t shift = from + i & 63;
    uint64_t word = at[0] >> shift | at[1] << 1 << (63 - shift);
    if (count - i < 64) word &= (1ull << (count - i)) - 1;
    for (int64_t j = i; word; j += 16, word >>= 16) {
      const __mmask16 pass = word;
      _mm512_storeu_si512(places + n, _mm512_maskz_compress_epi32(pass, _mm512_add_epi32(first, _mm512_set1_epi32(j))));
      n += __builtin_popcount(pass);
    }
  }
  return n;
}

// Σ u · level of a code, in two sums that have to be added.
INLINE __m512i dot(const Where *w, const uint64_t *code) {
  const __m512i one = _mm512_set1_epi8(1), two = _mm512_set1_epi8(2);
  const uint8_t *levels = w->query + 64;
  __m512i lower = _mm512_setzero_si512(), upper = lower;
  if (w->upper)
    for (int64_t i = 0; i < w->words; i++) {
      lower = _mm512_dpbusd_epi32(lower, one, _mm512_maskz_loadu_epi8(_cvtu64_mask64(code[2 * i]), levels + 64 * i));
      upper = _mm512_dpbusd_epi32(upper, two, _mm512_maskz_loadu_epi8(_cvtu64_mask64(code[2 * i + 1]), levels + 64 * i));
    }
  else
    for (int64_t i = 0; i < w->words; i++)
      lower = _mm512_dpbusd_epi32(lower, one, _mm512_maskz_loadu_epi8(_cvtu64_mask64(code[i]), levels + 64 * i));
  return _mm512_add_epi32(lower, upper);
}

// Reads cells[0 … n), whose centres are `distances` away; the lists of cells up to `known` may be asked for. A cell's rows begin at
// starts[cell], which is also their place among `passing`, where that is not null. `places` has room for `room` places, twice. Writes
// rows to out[0 …), where there is room for all, and returns how many, and in the upper half how many passed.
int64_t sieve(const Where *w, const uint64_t *passing, const int32_t *starts, const int32_t *cells, const float *distances, int64_t n,
              int64_t known, int32_t *places, int64_t room, int32_t *out, float slack, float last) {
  const int64_t codeBytes = 8 * w->words * (w->upper ? 2 : 1) + 8;
  const float step = ((const float *)w->query)[0], all = ((const float *)w->query)[1];
  int64_t found = 0, met = 0, passed = 0;
  if (!passing)
    for (int64_t i = 0; i < known && i < LISTS_AHEAD; i++)
      fetchFar(w->lists + starts[cells[i]], 4 * (starts[cells[i] + 1] - starts[cells[i]]));
  for (int64_t i = 0; i <= n; i++) {
    int64_t before = passed;
    if (i < n) {
      const int32_t start = starts[cells[i]], count = starts[cells[i] + 1] - start;
      int32_t *to = places + (i & 1) * room;
      if (passing) {
        if (i + LISTS_AHEAD < known) _mm_prefetch((const char *)(passing + (starts[cells[i + LISTS_AHEAD]] >> 6)), _MM_HINT_T1);
        passed = pick(passing, start, count, to);
      } else {
        if (i + LISTS_AHEAD < known) {
          const int32_t soon = cells[i + LISTS_AHEAD];
          fetchFar(w->lists + starts[soon], 4 * (starts[soon + 1] - starts[soon]));
        }
        passed = sift(w, w->lists + start, count, to);
      }
      for (int64_t j = 0; j < passed; j++) fetchFar(w->codes + (start + to[j]) * codeBytes, codeBytes);
      met += passed;
    }
    if (i == 0) continue;
    const int32_t start = starts[cells[i - 1]];
    const int32_t *at = places + (i - 1 & 1) * room;
    const float distance = distances[i - 1], limit = last + slack * distance;
    for (int64_t j = 0; j < before; j++) {
      const int32_t place = start + at[j];
      const uint8_t *code = w->codes + place * codeBytes;
      const float *factors = (const float *)(code + codeBytes - 8);
      out[found] = place;
      const float product = step * (float)_mm512_reduce_add_epi32(dot(w, (const uint64_t *)code)) - all;
      if (distance + factors[0] + factors[1] * product < limit) {
        found++;
        _mm_prefetch((const char *)(w->lists + place), _MM_HINT_T1);
      }
    }
  }
  for (int64_t i = 0; i < found; i++) {
    out[i] = w->lists[out[i]];
    fetchFar(w->rows + out[i] * w->stride, w->rowBytes);
  }
  return met << 32 | found;
}
