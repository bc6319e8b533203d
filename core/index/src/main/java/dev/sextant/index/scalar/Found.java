package dev.sextant.index.scalar;

import dev.sextant.kernel.Bits;

/// @param rows whose value is one that was sought
/// @param unsure rows of which only their column can tell; the others have another value, or none
public record Found(Bits rows, Bits unsure) {}
