module dev.sextant.text {
    requires transitive dev.sextant.model;
    requires com.fasterxml.jackson.core;
    requires com.ibm.icu;
    requires jieba.analysis;
    requires org.apache.lucene.core;
    requires org.apache.lucene.analysis.common;
    requires org.apache.lucene.analysis.kuromoji;
    requires org.apache.lucene.analysis.nori;
    requires re2j;

    exports dev.sextant.text;
}
