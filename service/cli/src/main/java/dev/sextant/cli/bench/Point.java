package dev.sextant.cli.bench;

import java.util.Map;

/// What one setting of the search came to; of several rounds the one in the middle.
///
/// @param recall share of what is to be found that was found; NaN without truth
/// @param returned hits a query
/// @param qpsCpu queries per second of CPU time of the subject; NaN when it could not be told
/// @param qpsWall queries per second of all threads together
/// @param slowest queries per second of the slowest round
/// @param fastest queries per second of the fastest round
/// @param evaluations rows and codes scored a query; NaN when the subject does not tell
/// @param bytesPerQuery of rows, codes, edges and postings touched; NaN when the subject does not tell
public record Point(
        Map<String, String> params,
        double recall,
        double returned,
        double qpsCpu,
        double qpsWall,
        double slowest,
        double fastest,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double evaluations,
        double bytesPerQuery) {}
