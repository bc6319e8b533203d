module dev.sextant.geometry {
    requires transitive dev.sextant.model;
    requires org.locationtech.jts;

    exports dev.sextant.geometry;
}
