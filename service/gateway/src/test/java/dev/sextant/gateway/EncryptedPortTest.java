package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.gateway.port.Tls;
import dev.sextant.wire.milvus.GetVersionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedPortTest {
    @TempDir
    Path directory;

    /// A key and a certificate of this machine's own, made by the JDK's tool.
    private KeyStore keys() throws Exception {
        var store = directory.resolve("keys.p12");
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var made = new ProcessBuilder(
                        tool.toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        made.inputReader().lines().toList();
        assertThat(made.waitFor()).isZero();
        return KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    }

    private Path pem(String name, String kind, byte[] bytes) throws Exception {
        var text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END "
                + kind + "-----\n";
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    @Tag("slow")
    void bothProtocolsAreEncryptedOnOnePortAndPlainTextIsNotAnswered() throws Exception {
        var keys = keys();
        var certificate =
                pem("certificate.pem", "CERTIFICATE", keys.getCertificate("own").getEncoded());
        var key = pem(
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("own", "changeit".toCharArray()).getEncoded());
        var config = new PortConfig("127.0.0.1", 0, Optional.of(new Tls(certificate, key, Optional.empty())), 1 << 20);
        try (var gateways = Gateways.open(
                        new DoorDouble(), Doorkeeper.OPEN, OnePortTest.world(), new Identity("0", "", false), config);
                var http = HttpClient.newBuilder().sslContext(trusting(keys)).build()) {
            var channel = NettyChannelBuilder.forAddress("localhost", gateways.port())
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(certificate.toFile())
                            .build())
                    .build();
            try {
                assertThat(MilvusServiceGrpc.newBlockingStub(channel)
                                .getVersion(GetVersionRequest.getDefaultInstance())
                                .getVersion())
                        .startsWith("v2.");
            } finally {
                channel.shutdownNow();
            }
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + gateways.port() + "/nothing"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(404);
            try (var socket = new Socket("127.0.0.1", gateways.port())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("HTTP/1.1");
            }
        }
    }

    private static SSLContext trusting(KeyStore keys) throws Exception {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("own", keys.getCertificate("own"));
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
