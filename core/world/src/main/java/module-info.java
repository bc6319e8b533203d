module dev.sextant.world {
    exports dev.sextant.world;
}
