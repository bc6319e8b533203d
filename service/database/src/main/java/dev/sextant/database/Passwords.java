package dev.sextant.database;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import dev.sextant.model.Sha256;
import dev.sextant.world.Clock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Hashes and verifies passwords. A protocol without sessions sends the password with every call, and a hash is made to
/// cost tens of milliseconds; so what was verified is remembered for a short while, as a keyed digest that only this
/// process can make. Any thread.
final class Passwords {
    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

    private final DatabaseConfig.Access config;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    /// Guessing must not take the machine away from those who are in.
    private final Semaphore atOnce = new Semaphore(2);
    private final byte[] key = new byte[32];
    /// By user, so there are never more than users.
    private final Map<String, Verified> verified = new ConcurrentHashMap<>();
    /// What an unknown name is compared with, so that it takes as long as a known one. Made when it is first needed:
    /// most programs that open a database authenticate nobody.
    private volatile String nobody = "";

    private record Verified(byte[] digest, String hash, long untilNanos) {}

    Passwords(DatabaseConfig.Access config, Clock clock) {
        this.config = config;
        this.clock = clock;
        random.nextBytes(key);
    }

    String hash(String password) {
        return few(() -> BCrypt.with(VERSION, random, LongPasswordStrategies.none())
                .hashToString(config.hashCost(), password.toCharArray()));
    }

    /// Whether this is the password of the user with that hash; never, when there is no such user.
    boolean fits(String name, String password, Optional<String> hash) {
        if (remembers(name, password, hash)) return true;
        var right = matches(password, hash.orElseGet(this::nobody)) && hash.isPresent();
        if (right)
            verified.put(
                    name,
                    new Verified(
                            digest(name, password),
                            hash.get(),
                            clock.monotonicNanos() + config.rememberFor().toNanos()));
        else if (hash.isEmpty()) verified.remove(name);
        return right;
    }

    /// Whether this password was found right a moment ago, and still is the user's.
    boolean remembers(String name, String password, Optional<String> hash) {
        var known = verified.get(name);
        return known != null
                && hash.isPresent()
                && known.hash().equals(hash.get())
                && clock.monotonicNanos() - known.untilNanos() < 0
                && MessageDigest.isEqual(known.digest(), digest(name, password));
    }

    private String nobody() {
        if (nobody.isEmpty()) {
            var secret = new byte[16];
            random.nextBytes(secret);
            nobody = hash(HexFormat.of().formatHex(secret));
        }
        return nobody;
    }

    private boolean matches(String password, String hash) {
        return few(() ->
                BCrypt.verifyer(VERSION, LongPasswordStrategies.none()).verify(password.toCharArray(), hash).verified);
    }

    private <T> T few(Supplier<T> hashing) {
        atOnce.acquireUninterruptibly();
        try {
            return hashing.get();
        } finally {
            atOnce.release();
        }
    }

    private byte[] digest(String name, String password) {
        var sha = Sha256.begin();
        sha.update(key);
        sha.update(name.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
        return sha.digest(password.getBytes(StandardCharsets.UTF_8));
    }
}
