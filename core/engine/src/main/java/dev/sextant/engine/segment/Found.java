package dev.sextant.engine.segment;

/// Where keys are: `key[i]` is an ordinal of the keys asked for, `row[i]` a row that has it. A key may be found in
/// several rows.
public record Found(int[] key, int[] row) {
    public int count() {
        return key.length;
    }
}
