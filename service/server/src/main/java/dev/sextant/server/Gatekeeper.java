package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.model.Call.Caller;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Lets in who knows a password of the database. Checking one takes tens of milliseconds of computing, so it happens on a thread of its
/// own, few at a time: guessing must not take the machine away from those who are in.
final class Gatekeeper implements Doorkeeper {
    private final Sextant sextant;
    private final Semaphore checking = new Semaphore(2);

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
            case Credentials.Password(var user, var password) -> Thread.startVirtualThread(() -> check(user, password, reply));
        }
    }

    private void check(String user, String password, Reply<Caller> reply) {
        Caller caller;
        try {
            checking.acquire();
            try {
                caller = sextant.authenticate(user, password);
            } finally {
                checking.release();
            }
        } catch (Refused wrong) {
            reply.fail(wrong.refusal() instanceof Refusal.NotAuthenticated
                    ? refused("auth check failure, please check username and password are correct")
                    : wrong);
            return;
        } catch (InterruptedException | RuntimeException failed) {
            reply.fail(failed);
            return;
        }
        reply.complete(caller);
    }

    private static Refused refused(String hint) {
        return new Refused(new Refusal.NotAuthenticated(hint));
    }

    @Override
    public boolean isOpen() {
        return false;
    }
}
