package dev.sextant.gateway.exchange;

import dev.sextant.model.Call.Caller;
import dev.sextant.model.Reply;
import java.util.Optional;

/// Tells who stands at the door, from what they show. Never blocks: checking a password takes a tenth of a second, and
/// is nobody's business on an event loop.
public interface Doorkeeper {
    /// What somebody showed.
    sealed interface Credentials {
        record Password(String user, String password) implements Credentials {
            @Override
            public String toString() {
                return "Password[" + user + "]";
            }
        }

        record Token(String token) implements Credentials {
            @Override
            public String toString() {
                return "Token";
            }
        }

        /// `user:password` parts at the first colon; without one it is a token.
        static Credentials of(String text) {
            int colon = text.indexOf(':');
            return colon < 0 ? new Token(text) : new Password(text.substring(0, colon), text.substring(colon + 1));
        }
    }

    /// Fails with [dev.sextant.model.Refusal.NotAuthenticated].
    ///
    /// @param shown empty when the caller showed nothing
    void admit(Optional<Credentials> shown, Reply<Caller> reply);

    /// Whether anybody may do anything, whatever they show.
    boolean isOpen();

    /// Lets everybody in as the owner: for loopback.
    Doorkeeper OPEN = new Doorkeeper() {
        @Override
        public void admit(Optional<Credentials> shown, Reply<Caller> reply) {
            reply.complete(new Caller.Owner());
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    };
}
