package dev.sextant.gateway.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopsTest {
    private final Work work = new Work("work", 2, new Memory(64 << 20));
    private final Loops loops = new Loops();

    @AfterEach
    void close() {
        loops.close();
        work.close();
    }

    /// Begins so many searches in one turn of a loop; the names of the threads that computed them.
    private List<String> searched(int searches) {
        var names = java.util.stream.Stream.generate(CompletableFuture<String>::new)
                .limit(searches)
                .toList();
        loops.group().next().execute(() -> {
            for (var name : names)
                Loops.search(() ->
                        work.search(_ -> name.complete(Thread.currentThread().getName())));
        });
        return names.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void aSearchThatCameAloneIsComputedOnItsLoop() {
        for (int turn = 0; turn < 100; turn++)
            assertThat(searched(1)).singleElement().asString().startsWith("sextant-port");
    }

    @Test
    void ofSeveralInOneTurnAllButTheLastAreHandedOver() {
        assertThat(searched(2).getFirst()).startsWith("work-");
        var many = searched(50);
        assertThat(many.subList(0, 49)).allMatch(name -> name.startsWith("work-"));
    }

    @Test
    void oneThatThrowsLeavesNoneOfTheOthersWaiting() {
        var loop = loops.group().next();
        var last = new CompletableFuture<String>();
        loop.execute(() -> {
            for (int i = 0; i < 3; i++)
                Loops.search(() -> {
                    throw new IllegalStateException("as a test wants it");
                });
            Loops.search(
                    () -> work.search(_ -> last.complete(Thread.currentThread().getName())));
        });
        assertThat(last.join()).isNotEmpty();
        var next = new CompletableFuture<String>();
        loop.execute(() -> Loops.search(() -> next.complete("came")));
        assertThat(next.join()).isEqualTo("came");
    }

    @Test
    void elsewhereASearchBeginsAtOnceAndIsHandedOver() throws Exception {
        var name = new CompletableFuture<String>();
        Loops.search(() -> work.search(_ -> name.complete(Thread.currentThread().getName())));
        assertThat(name.get()).startsWith("work-");
    }
}
