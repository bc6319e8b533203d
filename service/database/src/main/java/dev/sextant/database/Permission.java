package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.User;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.query.Shards;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// May this caller do that? The owner may do everything, and so may `root` unless it is bound to its roles, and whoever
/// holds the role `admin`. Everybody else may do what the roles they hold were granted, and what everybody may. A
/// change of rights counts from the next call on: what was worked out is remembered only as long as the catalog's
/// rights are the same value. Any thread.
final class Permission {
    private final Shards shards;
    private final DatabaseConfig.Access config;
    private volatile Worked worked = new Worked(Rights.NONE);

    /// What was worked out of one value of the rights.
    private record Worked(Rights rights, Map<String, Powers> byUser) {
        Worked(Rights rights) {
            this(rights, new ConcurrentHashMap<>());
        }
    }

    Permission(Shards shards, DatabaseConfig.Access config) {
        this.shards = shards;
        this.config = config;
    }

    void check(Call call, Facts facts) {
        if (facts.privilege() == Privilege.NONE) return;
        var powers = bounded(call);
        if (powers.isEmpty()) return;
        var catalog = shards.catalog();
        for (var target : facts.targets())
            if (!covers(powers.get(), facts.privilege(), target, call, catalog))
                throw new Refused(new Refusal.NotPermitted(
                        powers.get().user(), facts.privilege().word(), target.toString()));
    }

    /// Whether the caller has any right on that collection.
    boolean sees(Call call, String database, Collection collection) {
        return bounded(call)
                .map(powers -> powers.sees(database, collection.name()))
                .orElse(true);
    }

    /// Whether the caller has that right on that collection.
    boolean allows(Call call, Privilege privilege, String database, String collection) {
        return bounded(call)
                .map(powers -> powers.cover(privilege, database, collection))
                .orElse(true);
    }

    /// Whether the caller has any right in that database.
    boolean sees(Call call, String database) {
        return bounded(call).map(powers -> powers.sees(database)).orElse(true);
    }

    private boolean covers(Powers powers, Privilege privilege, Facts.Target target, Call call, Catalog catalog) {
        if (isOwn(powers, privilege, target)) return true;
        if (target.number() != 0) return coversNumbered(powers, privilege, target, catalog);
        var database = first(target.database(), first(call.database(), Call.DEFAULT_DATABASE));
        return switch (target.kind()) {
            case COLLECTION, ALIAS -> powers.cover(privilege, database, real(catalog, database, target.name()));
            case USER ->
                privilege.realm() == dev.sextant.model.Access.Realm.USER
                        ? powers.cover(privilege, database, target.name())
                        : powers.cover(privilege, database);
            case DATABASE -> powers.cover(privilege, judgedIn(privilege, target, database));
            default -> powers.cover(privilege, database); // a number of kinds whose names no grant knows
        };
    }

    /// What brings rows into a collection. One row of numbers serves all kinds of jobs.
    private record Job(long database, long collection, String collectionName) {
        static Optional<Job> of(long number, Catalog catalog) {
            return Optional.ofNullable(catalog.imports().get(number))
                    .map(job -> new Job(job.database(), job.collection(), job.collectionName()))
                    .or(() -> Optional.ofNullable(catalog.refreshes().get(number))
                            .map(job -> new Job(job.database(), job.collection(), job.collectionName())))
                    .or(() -> Optional.ofNullable(catalog.snapshots().restores().get(number))
                            .map(job -> new Job(job.database(), job.collection(), job.collectionName())));
        }
    }

    /// A number is judged where its collection is, wherever the caller says to be. One that stands for nothing is told
    /// apart from one that is hidden only by those who may do it everywhere.
    private static boolean coversNumbered(Powers powers, Privilege privilege, Facts.Target target, Catalog catalog) {
        var job = target.kind() == Kind.JOB ? Job.of(target.number(), catalog) : Optional.<Job>empty();
        var collection = target.kind() == Kind.JOB
                ? job.flatMap(its -> catalog.collection(its.collection()))
                : catalog.collection(target.number());
        var database = collection
                .map(Collection::databaseId)
                .or(() -> job.map(Job::database))
                .flatMap(id -> Optional.ofNullable(catalog.databases().get(id)))
                .map(Database::name)
                .orElse(Role.Grant.ANY);
        var name = collection
                .map(Collection::name)
                .or(() -> job.map(Job::collectionName)) // it was dropped, or is not there yet
                .orElse(Role.Grant.ANY);
        return powers.cover(privilege, database, name);
    }

    /// What is done to a database needs the right there, wherever the caller is. A privilege of the server's is about
    /// no one database, and counts where the call is, as clients of Milvus know it.
    private static String judgedIn(Privilege privilege, Facts.Target target, String here) {
        boolean named = target.database().isEmpty() && !target.name().isEmpty();
        return named && privilege.group().level() != PrivilegeGroup.Level.CLUSTER ? target.name() : here;
    }

    /// Everybody may look at themselves and at the roles they hold, and change their own password.
    private static boolean isOwn(Powers powers, Privilege privilege, Facts.Target target) {
        return switch (privilege) {
            case UPDATE_USER, SELECT_USER ->
                target.kind() == Kind.USER && target.name().equals(powers.user());
            case SELECT_OWNERSHIP ->
                target.kind() == Kind.ROLE && powers.roles().contains(target.name());
            default -> false; // what is nobody's own
        };
    }

    private static String first(String name, String otherwise) {
        return name.isEmpty() ? otherwise : name;
    }

    /// Rights name collections, and hold for them under all their aliases.
    private static String real(Catalog catalog, String database, String name) {
        return catalog.database(database)
                .flatMap(d -> catalog.resolve(d.id(), name.strip()))
                .map(Collection::name)
                .orElse(name);
    }

    /// What a caller may do; none when it is everything.
    private Optional<Powers> bounded(Call call) {
        if (!(call.caller() instanceof Call.Caller.User(var name))) return Optional.empty();
        if (name.equals(User.ROOT) && !config.rootIsBound()) return Optional.empty();
        var rights = shards.catalog().rights();
        var known = worked;
        if (known.rights() != rights) worked = known = new Worked(rights);
        var powers = known.byUser().computeIfAbsent(name, user -> Powers.of(user, rights, config.publicRights()));
        return powers.roles().contains(Role.ADMIN) ? Optional.empty() : Optional.of(powers);
    }
}
