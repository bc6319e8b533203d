/// Vectors of texts by models that run elsewhere: one spelling for each provider, over one HTTP client.
///
/// ```text
///   Embedding (parameters of a function, read once) ──► Dialect (what a provider is asked, how it answers) ──► Http
/// ```
package dev.sextant.database.embedding;
