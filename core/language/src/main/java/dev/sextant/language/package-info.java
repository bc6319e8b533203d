/// The written form of what callers ask: filters from text to tree and back, statements to text.
///
/// ```text
///   text ─► Lexer ─► tokens ─► Parser ─► Expression          Filters.parse
///   Expression, Statement<?> ─► text                         Print
///   Statement<?> ─► whole text ─► Statement<?>               Statements
/// ```
///
/// A statement that is written whole and read is the same statement; a filter that is parsed and printed and parsed
/// again is the same tree. Nothing here knows fields or types: what a again is the same tree. Nothing here knows fields
/// or types: what a filter means, and what the grammar accepts but no plan can do, is said in `query`.
package dev.sextant.language;
