package dev.sextant.query;

import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The workers that share one search. Each takes the next piece when it is done with one, so that nobody waits for a
/// piece that nobody has begun; who comes when no piece is left is sent away. Ends in its reply when all who came have
/// left: with what they found, or with the first failure. Any thread.
///
/// @param <F> what one of them finds
final class Team<F> implements Reply<F> {
    private final Reply<List<F>> reply;
    // The lock of this guards all below.
    private List<Piece> pieces;
    private int next;
    private int working = 1; // whoever made it works, too
    private List<F> found = List.of();
    private Optional<Throwable> trouble = Optional.empty();

    Team(List<Piece> pieces, Reply<List<F>> reply) {
        this.pieces = pieces;
        this.reply = reply;
    }

    /// Whether there is anything to do; who joins leaves by an answer or a failure.
    synchronized boolean join() {
        if (working == 0 || isOver()) return false;
        working++;
        return true;
    }

    /// The next piece for whoever works.
    synchronized Optional<Piece> next() {
        return isOver() ? Optional.empty() : Optional.of(pieces.get(next++));
    }

    synchronized boolean isOver() {
        return next == pieces.size() || trouble.isPresent();
    }

    /// What somebody took and could not finish is next.
    synchronized void giveBack(List<Piece> left) {
        if (left.isEmpty()) return;
        pieces = new ArrayList<>(pieces);
        pieces.addAll(next, left);
    }

    @Override
    public void complete(F answer) {
        synchronized (this) {
            if (found.isEmpty()) found = List.of(answer);
            else {
                found = new ArrayList<>(found);
                found.add(answer);
            }
            if (--working > 0) return;
        }
        end();
    }

    @Override
    public void fail(Throwable reason) {
        synchronized (this) {
            if (trouble.isEmpty()) trouble = Optional.of(reason);
            if (--working > 0) return;
        }
        end();
    }

    /// Nobody works any more, and nobody joins.
    private void end() {
        if (trouble.isPresent()) reply.fail(trouble.get());
        else reply.complete(found);
    }
}
