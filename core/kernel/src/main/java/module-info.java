/// Arithmetic in lanes, memory under one budget, and the workers that compute. The only user of the Vector API.
module dev.sextant.kernel {
    requires transitive dev.sextant.model;
    requires static jdk.incubator.vector;

    exports dev.sextant.kernel;
}
