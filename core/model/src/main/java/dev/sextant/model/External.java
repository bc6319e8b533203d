package dev.sextant.model;

import java.util.HashMap;
import java.util.Map;

/// Where the rows of a collection come from that is read and never written: files of somebody else, which
/// [Operate.RefreshExternal] reads.
///
/// @param source a directory, a prefix of keys or one file, as its owner calls it; empty while none is named
/// @param spec how the files are read, and by whose right: JSON, by the words of Milvus. It may hold secrets
/// @param columns by the name of a field: what it is called in the files
public record External(String source, String spec, Map<String, String> columns) {
    public External {
        columns = Map.copyOf(columns);
    }

    /// One field more.
    public External with(String field, String column) {
        var more = new HashMap<>(columns);
        more.put(field, column);
        return new External(source, spec, more);
    }

    /// The same fields, from elsewhere.
    public External from(String otherSource, String otherSpec) {
        return new External(otherSource, otherSpec, columns);
    }

    @Override
    public String toString() {
        return "External[" + source + ", columns " + columns + "]"; // no secrets in logs
    }
}
