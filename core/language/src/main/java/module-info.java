module dev.sextant.language {
    requires transitive dev.sextant.model;

    exports dev.sextant.language;
}
