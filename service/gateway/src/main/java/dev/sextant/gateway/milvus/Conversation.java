package dev.sextant.gateway.milvus;

import dev.sextant.model.Cancellation;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// A stream of requests, each answered for itself on a stream of answers. The first that fails ends both; what comes
/// behind it is not heard. Requests come one at a time; answers may come from any thread.
final class Conversation<Q, P> implements StreamObserver<Incoming<Q>> {
    private final Rpcs.Spoken<Q, P> spoken;
    private final StreamObserver<P> answers;
    private final Cancellation cancellation = new Cancellation();
    /// Guards all of these, and the order of what goes out.
    private final Object lock = new Object();

    private int unanswered;
    private boolean closing;
    private boolean over;

    private Conversation(Rpcs.Spoken<Q, P> spoken, StreamObserver<P> answers) {
        this.spoken = spoken;
        this.answers = answers;
    }

    static <Q, P> StreamObserver<Incoming<Q>> of(Rpcs.Spoken<Q, P> spoken, StreamObserver<P> answers) {
        var conversation = new Conversation<Q, P>(spoken, answers);
        ((ServerCallStreamObserver<P>) answers).setOnCancelHandler(conversation.cancellation::cancel);
        return conversation;
    }

    @Override
    public void onNext(Incoming<Q> incoming) {
        synchronized (lock) {
            if (over) return;
            unanswered++;
        }
        spoken.hear(incoming, new One(), cancellation);
    }

    @Override
    public void onError(Throwable gone) {
        cancellation.cancel();
    }

    @Override
    public void onCompleted() {
        synchronized (lock) {
            closing = true;
            endWhenAnswered();
        }
    }

    private void endWhenAnswered() {
        if (over || !closing || unanswered > 0) return;
        over = true;
        answers.onCompleted();
    }

    /// The answer to one of the requests.
    private final class One implements StreamObserver<P> {
        @Override
        public void onNext(P answer) {
            synchronized (lock) {
                if (!over) answers.onNext(answer);
            }
        }

        @Override
        public void onError(Throwable why) {
            synchronized (lock) {
                if (over) return;
                over = true;
                answers.onError(why);
            }
            cancellation.cancel();
        }

        @Override
        public void onCompleted() {
            synchronized (lock) {
                unanswered--;
                endWhenAnswered();
            }
        }
    }
}
