module dev.sextant.model {
    exports dev.sextant.model;
}
