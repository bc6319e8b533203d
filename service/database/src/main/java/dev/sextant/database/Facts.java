package dev.sextant.database;

import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Optional;

/// What everybody at the door needs to know of a statement without knowing the statement: access control, admission and
/// audit read this and never switch. Each family has its facts in a file of its own.
///
/// @param privilege that its caller needs
/// @param targets what it is about, at least one
/// @param bytes that it carries in, or is sure to bring into memory
/// @param audit whether it leaves a line in the audit
/// @param metered what quotas count it as
/// @param units how many of those it is
/// @param partition that rows are said to go to
public record Facts(
        Privilege privilege,
        List<Target> targets,
        long bytes,
        Audited audit,
        Metered metered,
        long units,
        Optional<String> partition) {
    public Facts {
        targets = List.copyOf(targets);
    }

    /// What quotas do not count.
    public Facts(Privilege privilege, List<Target> targets, long bytes, Audited audit) {
        this(privilege, targets, bytes, audit, Metered.NOTHING, 0, Optional.empty());
    }

    Facts counting(Metered what, long howMany) {
        return new Facts(privilege, targets, bytes, audit, what, howMany, partition);
    }

    Facts into(Optional<String> where) {
        return new Facts(privilege, targets, bytes, audit, metered, units, where);
    }

    /// A named thing, or one that is known by its number alone. An empty database means the call's own.
    ///
    /// @param number 0 when it is named
    public record Target(Refusal.Kind kind, String database, String name, long number) {
        Target(Refusal.Kind kind, String database, String name) {
            this(kind, database, name, 0);
        }

        @Override
        public String toString() {
            if (number != 0) return kind.word() + " " + number;
            if (name.isEmpty()) return "this " + kind.word();
            return kind.word() + " '" + (database.isEmpty() ? "" : database + ".") + name + "'";
        }
    }

    public enum Audited {
        /// It changes nothing and shows nothing secret.
        NEVER,
        /// It touches rows.
        ON_REQUEST,
        /// It changes what exists or who may come in.
        ALWAYS
    }

    static Facts of(Statement<?> statement) {
        return switch (statement) {
            case Read<?> read -> ReadFacts.of(read);
            case Write write -> WriteFacts.of(write);
            case Define define -> DefineFacts.of(define);
            case Operate<?> operate -> OperateFacts.of(operate);
            case Watch<?> watch -> WatchFacts.of(watch);
            case Access<?> access -> AccessFacts.of(access);
        };
    }

    static List<Target> collection(String name) {
        return List.of(new Target(Refusal.Kind.COLLECTION, "", name));
    }

    /// By its number where it has no name: a number says nothing of the database.
    static List<Target> collection(String name, long number) {
        return name.isEmpty() ? List.of(new Target(Refusal.Kind.COLLECTION, "", "", number)) : collection(name);
    }

    static List<Target> job(long number) {
        return List.of(new Target(Refusal.Kind.JOB, "", "", number));
    }

    /// A database by its name: without one it is the default one, wherever the caller is.
    static List<Target> database(String name) {
        return List.of(new Target(Refusal.Kind.DATABASE, "", name.isEmpty() ? Call.DEFAULT_DATABASE : name));
    }

    static List<Target> user(String name) {
        return List.of(new Target(Refusal.Kind.USER, "", name));
    }

    /// The whole database of the call.
    static final List<Target> HERE = List.of(new Target(Refusal.Kind.DATABASE, "", ""));
}
