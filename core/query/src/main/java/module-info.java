module dev.sextant.query {
    requires transitive dev.sextant.model;
    requires transitive dev.sextant.catalog;
    requires transitive dev.sextant.engine;
    requires dev.sextant.geometry;
    requires dev.sextant.text;
    requires re2j;
    requires java.management;
    requires com.fasterxml.jackson.core;

    exports dev.sextant.query;
}
