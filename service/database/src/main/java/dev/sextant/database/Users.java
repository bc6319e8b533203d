package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.User;
import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.query.Shards;
import dev.sextant.world.World;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// Who may come in. Passwords are hashed aside: that takes longer than a search.
final class Users {
    private static final int LEAST_BYTES = 6;
    private static final int MOST_BYTES = 72;
    private static final int MOST_UNVERIFIED = 256;
    private static final long RETRY_MILLIS = 1_000;

    private final Shards shards;
    private final World world;
    private final DatabaseConfig config;
    private final Defining defining;
    private final Passwords passwords;
    private final Executor aside;
    private final AtomicInteger unverified = new AtomicInteger(); // who wait for their password to be hashed

    /// @param aside where passwords are hashed
    Users(Shards shards, World world, Executor aside, DatabaseConfig config) {
        this.shards = shards;
        this.aside = aside;
        this.world = world;
        this.config = config;
        defining = new Defining(shards, world.clock(), config);
        passwords = new Passwords(config.access(), world.clock());
    }

    /// On the caller's thread, which waits for it.
    Call.Caller authenticate(String name, String password) {
        var hash = Optional.ofNullable(shards.catalog().users().get(name)).map(User::passwordHash);
        if (passwords.remembers(name, password, hash)) return new Call.Caller.User(name);
        if (!mayBeVerified()) throw busy();
        try {
            return verified(name, password);
        } finally {
            unverified.decrementAndGet();
        }
    }

    /// Whoever waits to be verified holds what they sent, and is not known yet.
    private boolean mayBeVerified() {
        if (unverified.incrementAndGet() <= MOST_UNVERIFIED) return true;
        unverified.decrementAndGet();
        return false;
    }

    private static Refused busy() {
        return new Refused(new Refusal.Busy("the verification of passwords", RETRY_MILLIS));
    }

    private Call.Caller verified(String name, String password) {
        var user = Optional.ofNullable(shards.catalog().users().get(name));
        if (!passwords.fits(name, password, user.map(User::passwordHash)))
            throw new Refused(new Refusal.NotAuthenticated("name or password is wrong"));
        return new Call.Caller.User(name);
    }

    void authenticate(String name, String password, Reply<Call.Caller> reply) {
        var hash = Optional.ofNullable(shards.catalog().users().get(name)).map(User::passwordHash);
        if (passwords.remembers(name, password, hash)) {
            reply.complete(new Call.Caller.User(name));
            return;
        }
        if (!mayBeVerified()) {
            reply.fail(busy());
            return;
        }
        try {
            later(reply, () -> {
                Call.Caller caller;
                try {
                    caller = verified(name, password);
                } finally {
                    unverified.decrementAndGet();
                }
                reply.complete(caller);
            });
        } catch (Refused closing) {
            unverified.decrementAndGet();
            reply.fail(closing);
        }
    }

    /// Gives `root` its first password, when one is set and there is no root yet. Later the setting has no effect.
    void beginWithRoot() {
        var password = config.access().rootPassword();
        if (password.isEmpty() || shards.catalog().users().containsKey(User.ROOT)) return;
        checkPassword(password);
        var waiting = new Waiting<Object>();
        var hash = passwords.hash(password);
        defining.change(
                Call.local(),
                0,
                scene -> scene.catalog.users().containsKey(User.ROOT) ? List.of() : put(User.ROOT, hash, ""),
                waiting);
        waiting.await();
    }

    void create(Call call, Access.CreateUser create, Reply<Object> reply) {
        Names.checkUser(create.name());
        checkPassword(create.password());
        Collections.checkDescription(create.description(), config);
        refuseTaken(shards.catalog().users().keySet(), create.name());
        later(reply, () -> {
            var hash = passwords.hash(create.password());
            defining.change(
                    call,
                    0,
                    scene -> {
                        refuseTaken(scene.catalog.users().keySet(), create.name());
                        return put(create.name(), hash, create.description());
                    },
                    reply);
        });
    }

    private void refuseTaken(Set<String> taken, String name) {
        // Root is there before anyone gave it a password. Only who starts the server does: whoever else may, with
        // access still unchecked, would hold the key when checking is switched on.
        if (taken.contains(name) || name.equals(User.ROOT))
            throw new Refused(new Refusal.AlreadyExists(Kind.USER, name, "", ""));
        int most = config.names().maxUsers();
        if (taken.size() >= most)
            throw new Refused(new Refusal.LimitExceeded("users", taken.size() + 1L, most, "names.maxUsers"));
    }

    void change(Call call, Access.ChangePassword change, Reply<Object> reply) {
        checkPassword(change.newPassword());
        later(reply, () -> {
            var old = Optional.ofNullable(shards.catalog().users().get(change.name()));
            var trusted = call.caller() instanceof Call.Caller.Owner
                            && change.oldPassword().isEmpty()
                    || call.userName()
                            .filter(config.access().trusted()::contains)
                            .isPresent();
            if (trusted
                    ? old.isEmpty()
                    : !passwords.fits(change.name(), change.oldPassword(), old.map(User::passwordHash)))
                throw new Refused(new Refusal.NotAuthenticated("old password not correct for " + change.name()));
            var hash = passwords.hash(change.newPassword());
            var verified = old.get().passwordHash();
            defining.change(
                    call,
                    0,
                    scene -> {
                        var now = scene.catalog.users().get(change.name());
                        // Somebody changed it in between: what was verified is no longer the password.
                        if (now == null || !now.passwordHash().equals(verified))
                            throw new Refused(
                                    new Refusal.NotAuthenticated("old password not correct for " + change.name()));
                        return List.of(
                                new Change.PutUser(new User(now.name(), hash, now.description(), now.created())));
                    },
                    reply);
        });
    }

    static List<Change> describe(Access.DescribeUserAs describe, Scene scene) {
        Collections.checkDescription(describe.description(), scene.config);
        var user = scene.catalog.users().get(describe.name());
        if (user == null) throw new Refused(new Refusal.NotFound(Kind.USER, describe.name(), ""));
        return user.description().equals(describe.description())
                ? List.of()
                : List.of(new Change.PutUser(
                        new User(user.name(), user.passwordHash(), describe.description(), user.created())));
    }

    static List<Change> drop(String name, Scene scene) {
        if (name.equals(User.ROOT))
            throw new Refused(new Refusal.InUse(Kind.USER, name, "root user cannot be deleted"));
        return scene.catalog.users().containsKey(name) ? List.of(new Change.DropUser(name)) : List.of();
    }

    private List<Change> put(String name, String hash, String description) {
        return List.of(new Change.PutUser(
                new User(name, hash, description, world.clock().wallMillis() << 18)));
    }

    private static void checkPassword(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < LEAST_BYTES || bytes > MOST_BYTES)
            throw Scene.invalid(
                    "password",
                    "invalid password length: a password has " + LEAST_BYTES + " to " + MOST_BYTES
                            + " bytes, this one has " + bytes);
    }

    private void later(Reply<?> reply, Runnable work) {
        aside.execute(() -> {
            try {
                work.run();
            } catch (Throwable refused) {
                reply.fail(refused);
            }
        });
    }
}
