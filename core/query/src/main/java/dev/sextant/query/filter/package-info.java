/// Filters: from an expression of names ([dev.sextant.model.Expression]) to bits of rows.
///
/// ```text
///   Expression ── Binder ──► Tree ── Simplify ──► Predicate ── Evaluation, chunk by chunk ──► words of bits
///               (names, types)     (no `not` left)            (zone statistics first)
/// ```
///
/// Conditions are three-valued, but a row is taken only when its condition is true. So `not` is pushed down to the
/// leaves (De Morgan and double negation hold in Kleene's logic), and above the leaves unknown and false are one: a
/// single set of bits is enough. Each leaf knows for itself which rows satisfy it and which satisfy its negation; a
/// null row satisfies neither.
package dev.sextant.query.filter;
