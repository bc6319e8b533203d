package dev.sextant.database;

import dev.sextant.catalog.User;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// May this caller do that? The owner and `root` may do everything. Every other user may read and write rows, look at
/// what exists, and change their own password; they may not define, load, release, flush or compact, nor decide who
/// comes in.
final class Permission {
    private Permission() {}

    static void check(Call call, Facts facts) {
        if (call.caller() instanceof Call.Caller.User(var name) && !name.equals(User.ROOT) && !mayDo(name, facts))
            throw new Refused(new Refusal.NotPermitted(
                    name, facts.privilege().word(), facts.targets().getFirst().toString()));
    }

    private static boolean mayDo(String user, Facts facts) {
        return switch (facts.privilege().scope()) {
            case READ, WRITE, WATCH -> true;
            case DEFINE, OPERATE, ACCESS -> false;
            case SELF ->
                facts.targets().stream().allMatch(target -> target.name().equals(user));
        };
    }
}
