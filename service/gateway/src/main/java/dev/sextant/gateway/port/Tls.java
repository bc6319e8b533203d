package dev.sextant.gateway.port;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// The certificate chain and the key of this server, in PEM files.
///
/// @param clients certificates of those who may sign clients' certificates; none means that clients need none
public record Tls(Path certificate, Path key, Optional<Path> clients) {

    SslContext context() {
        try {
            var builder = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    // gRPC clients offer h2 alone, browsers both: who offers both speaks HTTP/1.1 here.
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            "http/1.1",
                            "h2"));
            clients.ifPresent(
                    path -> builder.trustManager(path.toFile()).clientAuth(io.netty.handler.ssl.ClientAuth.REQUIRE));
            return builder.build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    "cannot use the certificate " + certificate + " with the key " + key + ": " + unusable.getMessage(),
                    unusable);
        }
    }
}
