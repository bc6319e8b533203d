package dev.sextant.model;

/// What a read of a collection waits for when the call does not say; numbered as in Milvus.
public enum ConsistencyLevel {
    STRONG,
    SESSION,
    BOUNDED,
    EVENTUALLY,
    CUSTOMIZED
}
