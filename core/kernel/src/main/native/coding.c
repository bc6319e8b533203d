// What a code says of a difference, its signs or two bits a component, and the three sums that go with it: what LaneBlocks.signs and LaneBlocks.fours do,
// with all limits of two bits tried in one pass, and without waiting for the compiler. One function, no calls, no data: its machine code is kept as
// text in ../resources/dev/sextant/kernel/coding-amd64-avx512vnni.hex (./build makes it) and is mapped executable at start, where the system allows
// that and the processor knows the instructions. The same codes; sums are made in another order.
#include "coding.h"

// `bits` a component: 1 or 2.
void coding(const float *x, const float *y, int64_t n, int64_t bits, uint8_t *codes, float *out) {
  if (bits == 1) signs(x, 0, y, n, codes, 1, out);
  else fours(x, 0, y, n, codes, 1, out);
}
