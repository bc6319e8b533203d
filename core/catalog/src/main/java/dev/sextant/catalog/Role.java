package dev.sextant.catalog;

import dev.sextant.model.Access.Realm;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/// What those who hold it may do.
///
/// @param grants in the order in which they were granted
public record Role(String name, String description, long created, SequencedSet<Grant> grants) {
    /// Who holds this may do everything. It is never stored.
    public static final String ADMIN = "admin";
    /// Everybody holds this. It is stored only when it was granted something.
    public static final String PUBLIC = "public";

    public Role {
        grants = java.util.Collections.unmodifiableSequencedSet(new LinkedHashSet<>(grants));
    }

    /// A right of a role.
    ///
    /// @param database name, or `*`: databases may be named before they exist
    /// @param object name, or `*`
    /// @param privilege name of a privilege or group, or `*`
    /// @param byRealm whether it was granted as one of its realm's; otherwise by name alone, so that it may be a group
    /// @param grantor who granted it
    public record Grant(
            Realm realm, String database, String object, String privilege, boolean byRealm, String grantor) {
        public static final String ANY = "*";

        /// Whether both give the same right, whoever granted it.
        public boolean isSameAs(Grant other) {
            return realm == other.realm
                    && database.equals(other.database)
                    && object.equals(other.object)
                    && privilege.equals(other.privilege);
        }
    }

    public static boolean isBuiltIn(String name) {
        return Set.of(ADMIN, PUBLIC).contains(name);
    }

    public Role with(SequencedSet<Grant> others) {
        return new Role(name, description, created, others);
    }

    public Role describedAs(String text) {
        return new Role(name, text, created, grants);
    }
}
