package dev.sextant.database;

import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The groups of privileges that every database has. Within a level each holds all of the ones before it.
public enum PrivilegeGroup {
    COLLECTION_READ_ONLY("CollectionReadOnly", Level.COLLECTION),
    COLLECTION_READ_WRITE("CollectionReadWrite", Level.COLLECTION),
    COLLECTION_ADMIN("CollectionAdmin", Level.COLLECTION),
    DATABASE_READ_ONLY("DatabaseReadOnly", Level.DATABASE),
    DATABASE_READ_WRITE("DatabaseReadWrite", Level.DATABASE),
    DATABASE_ADMIN("DatabaseAdmin", Level.DATABASE),
    CLUSTER_READ_ONLY("ClusterReadOnly", Level.CLUSTER),
    CLUSTER_READ_WRITE("ClusterReadWrite", Level.CLUSTER),
    CLUSTER_ADMIN("ClusterAdmin", Level.CLUSTER);

    /// How far a right reaches.
    enum Level {
        COLLECTION,
        DATABASE,
        CLUSTER
    }

    /// The groups from before there were levels: each level's group of that strength together. They are granted as
    /// privileges, one realm at a time.
    enum Old {
        READ_ONLY("ReadOnly"),
        READ_WRITE("ReadWrite"),
        ADMIN("Admin");

        private final String word;

        Old(String word) {
            this.word = word;
        }

        static Optional<Old> of(String word) {
            return Arrays.stream(values())
                    .filter(group -> group.word.equals(word))
                    .findFirst();
        }

        boolean holds(Privilege privilege) {
            return privilege.isGranted() && privilege.group().ordinal() % 3 <= ordinal();
        }
    }

    private final String word;
    private final Level level;

    PrivilegeGroup(String word, Level level) {
        this.word = word;
        this.level = level;
    }

    String word() {
        return word;
    }

    Level level() {
        return level;
    }

    static Optional<PrivilegeGroup> of(String word) {
        return Arrays.stream(values()).filter(group -> group.word.equals(word)).findFirst();
    }

    boolean holds(Privilege privilege) {
        return privilege.isGranted()
                && privilege.group().level == level
                && privilege.group().compareTo(this) <= 0;
    }

    SortedSet<String> words() {
        var words = new TreeSet<String>();
        for (var privilege : Privilege.values()) if (holds(privilege)) words.add(privilege.word());
        return words;
    }
}
