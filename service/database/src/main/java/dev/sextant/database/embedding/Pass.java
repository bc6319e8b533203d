package dev.sextant.database.embedding;

import java.net.URI;
import java.util.Map;

/// What a request carries so that the provider knows who asks.
@FunctionalInterface
interface Pass {
    /// Headers of this request. May wait, as long as `asking` does.
    Map<String, String> headers(URI address, String body, Patience asking);
}
