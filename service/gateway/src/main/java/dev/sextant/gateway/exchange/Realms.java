package dev.sextant.gateway.exchange;

import dev.sextant.model.Access.Realm;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// What privileges are about, in the words of the protocol.
public final class Realms {
    private Realms() {}

    public static Realm of(String word) {
        for (var realm : Realm.values()) if (word(realm).equals(word)) return realm;
        throw new Refused(new Refusal.InvalidParameter(
                "object",
                "not found the object type[name: " + word
                        + "], supported the object types: [Collection, Global, User]"));
    }

    public static String word(Realm realm) {
        return switch (realm) {
            case COLLECTION -> "Collection";
            case GLOBAL -> "Global";
            case USER -> "User";
        };
    }
}
