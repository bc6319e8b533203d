module dev.sextant.catalog {
    requires transitive dev.sextant.model;

    exports dev.sextant.catalog;
}
