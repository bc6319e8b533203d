/// Which rows are near? Algorithms over memory that others own: exact scan and graph; structures over scalars. Knows no
/// files and no threads.
module dev.sextant.index {
    requires transitive dev.sextant.kernel;

    exports dev.sextant.index;
    exports dev.sextant.index.scalar;
}
