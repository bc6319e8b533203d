module dev.sextant.engine {
    requires transitive dev.sextant.model;
    requires transitive dev.sextant.world;
    requires transitive dev.sextant.catalog;
    requires transitive dev.sextant.index;
    requires dev.sextant.geometry;

    exports dev.sextant.engine;
}
