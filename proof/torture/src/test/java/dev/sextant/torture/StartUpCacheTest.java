package dev.sextant.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher in a distribution of its own: its start-up cache is there to be quick, never to be in the way.
@Tag("slow")
class StartUpCacheTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    @Test
    void aServerStartsWithADamagedStartUpCache(@TempDir Path home) throws IOException, InterruptedException {
        install(home);
        var training = launched(home, "--train");
        assertThat(training.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(training.exitValue()).as(said(home)).isZero();
        var cache = home.resolve("sextant.aot");
        var damaged = Files.readAllBytes(cache);
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) damaged[random.nextInt(4096, damaged.length)] ^= 0x55;
        Files.write(cache, damaged);
        System.out.println("damaged by seed " + seed);
        assertStarts(home);
        // Links to what lies elsewhere must not be followed by whoever tidies up.
        try (var jars = Files.list(home.resolve("lib"))) {
            for (var jar : jars.toList()) Files.delete(jar);
        }
    }

    /// The launcher, and the class path of this test as jars, since folders switch a cache off.
    private static void install(Path home) throws IOException {
        var lib = Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(home.resolve("deploy"));
        Files.copy(ROOT.resolve("deploy/jdk.sh"), home.resolve("deploy/jdk.sh"));
        Files.copy(ROOT.resolve("sextant"), home.resolve("sextant"));
        assertThat(home.resolve("sextant").toFile().setExecutable(true)).isTrue();
        int number = 0;
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            var path = Path.of(entry);
            var jar = lib.resolve("%03d.jar".formatted(number++));
            if (Files.isDirectory(path)) pack(path, jar);
            else if (Files.exists(path)) Files.createSymbolicLink(jar, path);
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var all = Files.walk(classes)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    private static Process launched(Path home, String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(List.of(home.resolve("sextant").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SEXTANT_HEAP", "512m");
        builder.environment().keySet().removeIf(name -> name.equals("SEXTANT_JAVA_OPTS"));
        return builder.start();
    }

    private static void assertStarts(Path home) throws IOException, InterruptedException {
        var server = launched(
                home, "serve", "--data", home.resolve("data").toString(), "--port", "0", "--management-port", "-1");
        try {
            for (int i = 0; i < 1200 && server.isAlive() && !said(home).contains("connect with"); i++) Thread.sleep(50);
            assertThat(said(home)).contains("connect with");
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static String said(Path home) throws IOException {
        return Files.readString(home.resolve("log"));
    }
}
