package dev.sextant.database;

import dev.sextant.model.Write;

final class WriteFacts {
    private WriteFacts() {}

    static Facts of(Write write) {
        return switch (write) {
            case Write.Insert insert ->
                facts(Privilege.INSERT, insert, Weight.of(insert.rows()), Metered.INSERTS)
                        .into(insert.partition());
            case Write.Upsert upsert ->
                facts(Privilege.UPSERT, upsert, Weight.of(upsert.rows()), Metered.INSERTS)
                        .into(upsert.partition());
            case Write.Delete delete ->
                facts(Privilege.DELETE, delete, delete.filter().text().length(), Metered.DELETES);
            case Write.DeleteKeys delete -> facts(Privilege.DELETE, delete, Weight.of(delete.keys()), Metered.DELETES);
        };
    }

    private static Facts facts(Privilege privilege, Write write, long bytes, Metered metered) {
        return new Facts(privilege, Facts.collection(write.collection()), bytes, Facts.Audited.ON_REQUEST)
                .counting(metered, bytes);
    }
}
