package dev.sextant.model;

import java.util.Optional;

/// Who asks, for which database, until when, under which trace, at which consistency. Made in a gateway (or by
/// [#local]) and handed down as it is.
///
/// @param caller who was authenticated
/// @param database the database that unqualified names belong to
/// @param namespace what a collection with namespaces is entered by: only its rows are read, written and deleted
/// @param deadlineNanos on the monotonic clock of the process; [#NO_DEADLINE] when the caller waits for ever
/// @param trace id under which logs and audit find this call; empty when none came
public record Call(
        Caller caller,
        String database,
        Optional<String> namespace,
        long deadlineNanos,
        String trace,
        Consistency consistency,
        Cancellation cancellation) {

    /// In no namespace.
    public Call(
            Caller caller,
            String database,
            long deadlineNanos,
            String trace,
            Consistency consistency,
            Cancellation cancellation) {
        this(caller, database, Optional.empty(), deadlineNanos, trace, consistency, cancellation);
    }

    public static final long NO_DEADLINE = Long.MAX_VALUE;
    public static final String DEFAULT_DATABASE = "default";

    /// Somebody at the door.
    public sealed interface Caller {
        /// The embedding program itself, or anybody on an open loopback server: may do everything.
        record Owner() implements Caller {}

        record User(String name) implements Caller {}
    }

    /// A call of the embedding program on the default database.
    public static Call local() {
        return new Call(new Caller.Owner(), DEFAULT_DATABASE, NO_DEADLINE, "", Consistency.DEFAULT, new Cancellation());
    }

    public Call in(String otherDatabase) {
        return new Call(caller, otherDatabase, namespace, deadlineNanos, trace, consistency, cancellation);
    }

    public Call at(Consistency other) {
        if (other.equals(consistency)) return this;
        return new Call(caller, database, namespace, deadlineNanos, trace, other, cancellation);
    }

    public Call within(Optional<String> otherNamespace) {
        return new Call(caller, database, otherNamespace, deadlineNanos, trace, consistency, cancellation);
    }

    public Call until(long nanos) {
        return new Call(caller, database, namespace, nanos, trace, consistency, cancellation);
    }

    public Optional<String> userName() {
        return caller instanceof Caller.User(var name) ? Optional.of(name) : Optional.empty();
    }
}
