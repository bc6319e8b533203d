module dev.sextant/conformance

go 1.24

require github.com/milvus-io/milvus/client/v2 v2.6.2
