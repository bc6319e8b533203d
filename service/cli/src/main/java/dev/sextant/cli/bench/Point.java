package dev.sextant.cli.bench;

import java.util.Map;

/// What one setting of the search came to; the median of several rounds.
///
/// @param qpsCpu queries per second of CPU time of the subject; NaN when it could not be told
/// @param qpsWall queries per second of all threads together
record Point(
        Map<String, String> params,
        double recall,
        double qpsCpu,
        double qpsWall,
        double p50Micros,
        double p99Micros,
        double p999Micros) {}
