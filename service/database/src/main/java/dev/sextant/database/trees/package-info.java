/// Models of boosted trees, as XGBoost writes them: read once, then asked for a number for each hit.
///
/// ```text
///   bytes ─ UniversalJson ─► names and numbers ─ TreeReading ─► BoostedTrees ─► a score for each row of features
/// ```
package dev.sextant.database.trees;
