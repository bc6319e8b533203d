// The rotation of kernel.Rotation: signs, then a Walsh-Hadamard transform, round by round, with 256 components at a time in
// registers, where Java goes through memory once for each doubling; before that, if wanted, a difference. One function, no calls, no data: its machine code is kept
// as text in ../resources/dev/sextant/kernel/rotate-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start,
// where the system allows that and the processor knows the instructions. Sums are made in the order of the plain form, so
// that the results are the same to the last bit.
#include "shared.h"

enum { LANES = 16, HELD = 16 };

// The doublings within a vector: what stands apart by 1, 2, 4 and 8 lanes.
INLINE __m512 within(__m512 v) {
  __m512 p = _mm512_permute_ps(v, 0xb1);
  v = _mm512_mask_sub_ps(_mm512_add_ps(v, p), 0xaaaa, p, v);
  p = _mm512_permute_ps(v, 0x4e);
  v = _mm512_mask_sub_ps(_mm512_add_ps(v, p), 0xcccc, p, v);
  p = _mm512_shuffle_f32x4(v, v, 0xb1);
  v = _mm512_mask_sub_ps(_mm512_add_ps(v, p), 0xf0f0, p, v);
  p = _mm512_shuffle_f32x4(v, v, 0x4e);
  return _mm512_mask_sub_ps(_mm512_add_ps(v, p), 0xff00, p, v);
}

// `vectors` of them, at most HELD: signs, all doublings among them, then the scale.
INLINE void held(float *x, const float *signs, const int vectors, __m512 scale) {
  __m512 v[HELD];
#pragma GCC unroll 16
  for (int i = 0; i < vectors; i++)
    v[i] = within(_mm512_mul_ps(_mm512_loadu_ps(x + LANES * i), _mm512_loadu_ps(signs + LANES * i)));
#pragma GCC unroll 4
  for (int half = 1; half < vectors; half *= 2)
#pragma GCC unroll 16
    for (int i = 0; i < vectors; i++)
      if (!(i & half)) {
        const __m512 a = v[i], b = v[i + half];
        v[i] = _mm512_add_ps(a, b);
        v[i + half] = _mm512_sub_ps(a, b);
      }
#pragma GCC unroll 16
  for (int i = 0; i < vectors; i++) _mm512_storeu_ps(x + LANES * i, _mm512_mul_ps(v[i], scale));
}

INLINE void between(float *x, int64_t power, int64_t half, __m512 scale) {
  for (int64_t from = 0; from < power; from += 2 * half)
    for (float *i = x + from; i < x + from + half; i += LANES) {
      const __m512 a = _mm512_loadu_ps(i), b = _mm512_loadu_ps(i + half);
      _mm512_storeu_ps(i, _mm512_mul_ps(_mm512_add_ps(a, b), scale));
      _mm512_storeu_ps(i + half, _mm512_mul_ps(_mm512_sub_ps(a, b), scale));
    }
}

INLINE void transform(float *x, const float *signs, int64_t power, __m512 scale) {
  // The square of a sign: a constant would stand outside the function.
  const __m512 one = _mm512_mul_ps(_mm512_loadu_ps(signs), _mm512_loadu_ps(signs));
  if (power == 64) held(x, signs, 4, scale);
  else if (power == 128) held(x, signs, 8, scale);
  else {
    const __m512 first = power == LANES * HELD ? scale : one;
    for (int64_t i = 0; i < power; i += LANES * HELD) held(x + i, signs + i, HELD, first);
    for (int64_t half = LANES * HELD; half < power; half *= 2)
      between(x, power, half, 2 * half == power ? scale : one);
  }
}

INLINE void multiply(float *x, const float *signs, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i += LANES)
    _mm512_storeu_ps(x + i, _mm512_mul_ps(_mm512_loadu_ps(x + i), _mm512_loadu_ps(signs + i)));
}

// What the `n` components at `row` are more than those at `less`, zeros behind.
INLINE void difference(float *x, int64_t size, const float *row, const float *less, int64_t n) {
  for (int64_t i = 0; i < size; i += LANES) {
    const __mmask16 there = n - i >= LANES ? 0xffff : n > i ? (1 << (n - i)) - 1 : 0;
    _mm512_storeu_ps(x + i, _mm512_maskz_sub_ps(there, _mm512_maskz_loadu_ps(there, row + i), _mm512_loadu_ps(less + i)));
  }
}

void rotate(float *x, int64_t size, int64_t power, int64_t rounds, const float *signs, float scale, const float *row,
            const float *less, int64_t n, const char *soon, int64_t soonBytes) {
  for (int64_t b = 0; b < soonBytes; b += 64) _mm_prefetch(soon + b, _MM_HINT_T0); // what the caller reads next
  if (n) difference(x, size, row, less, n);
  for (int64_t round = 0; round < rounds; round++, signs += size) {
    const int64_t from = (round & 1) ? size - power : 0;
    multiply(x, signs, 0, from);
    multiply(x, signs, from + power, size);
    transform(x + from, signs + from, power, _mm512_set1_ps(scale));
  }
}
