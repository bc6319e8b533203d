/// Structures over the values of scalars, arrays and places in JSON that say which rows a condition takes.
///
/// ```text
///   Column, chunk by chunk ── ScalarBuild ──► ScalarIndex ── look(Sought) ──► Lookup ── find() ──► Found
///   (path and cast for JSON)                 Sorted, Terms,                  (what it costs)      (rows, unsure rows)
///                                            Bitmap, Grams
/// ```
///
/// An index knows four kinds of rows: those with a value that it has taken in, null ones, others (the place is absent,
/// of another kind, or no number), and unsure ones, which only the column can answer for. Whoever asks joins them by
/// the three-valued logic of filters; nothing here knows about `not`.
package dev.sextant.index.scalar;
