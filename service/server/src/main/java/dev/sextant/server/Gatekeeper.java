package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.model.Call.Caller;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.Optional;

/// Lets in who knows a password of the database, which remembers what it verified and checks few at a time: guessing
/// takes the machine away from nobody who is in.
final class Gatekeeper implements Doorkeeper {
    private final Sextant sextant;

    Gatekeeper(Sextant sextant) {
        this.sextant = sextant;
    }

    @Override
    public void admit(Optional<Credentials> shown, Reply<Caller> reply) {
        if (shown.isEmpty()) {
            reply.fail(refused("missing authorization in header"));
            return;
        }
        switch (shown.get()) {
            case Credentials.Token _ -> reply.fail(refused("auth check failure, please check api key is correct"));
            case Credentials.Password(var user, var password) ->
                sextant.authenticate(user, password, translated(reply));
        }
    }

    private static Reply<Caller> translated(Reply<Caller> reply) {
        return new Reply<>() {
            @Override
            public void complete(Caller caller) {
                reply.complete(caller);
            }

            @Override
            public void fail(Throwable reason) {
                boolean wrong =
                        reason instanceof Refused refused && refused.refusal() instanceof Refusal.NotAuthenticated;
                reply.fail(
                        wrong ? refused("auth check failure, please check username and password are correct") : reason);
            }
        };
    }

    private static Refused refused(String hint) {
        return new Refused(new Refusal.NotAuthenticated(hint));
    }

    @Override
    public boolean isOpen() {
        return false;
    }
}
