package dev.sextant.database;

import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import java.util.List;

final class OperateFacts {
    private OperateFacts() {}

    static Facts of(Operate<?> operate) {
        return switch (operate) {
            case Operate.Load load -> facts(Privilege.LOAD, Facts.collection(load.collection()));
            case Operate.Release release -> facts(Privilege.RELEASE, Facts.collection(release.collection()));
            case Operate.Flush(var collections) ->
                facts(Privilege.FLUSH, collections.isEmpty() ? Facts.HERE : all(collections));
            case Operate.Compact compact -> facts(Privilege.COMPACT, Facts.collection(compact.collection()));
            case Operate.Import asked -> facts(Privilege.IMPORT, Facts.collection(asked.collection()));
            case Operate.CommitImport _, Operate.AbortImport _ -> facts(Privilege.IMPORT, Facts.HERE);
        };
    }

    private static List<Facts.Target> all(List<String> collections) {
        return collections.stream()
                .map(name -> new Facts.Target(Refusal.Kind.COLLECTION, "", name))
                .toList();
    }

    private static Facts facts(Privilege privilege, List<Facts.Target> targets) {
        return new Facts(privilege, targets, 0, Facts.Audited.ON_REQUEST);
    }
}
