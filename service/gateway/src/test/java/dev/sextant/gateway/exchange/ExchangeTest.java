package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.DoorDouble;
import dev.sextant.model.Call;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final List<Fault> faults = new ArrayList<>();

    @Test
    void anAnswerThatCannotBeWrittenEndsAsAFailure() {
        var exchange =
                new Exchange<String>(new DoorDouble(), Call.local(), Faults.Asked.ANYTHING, new Exchange.Way<>() {
                    @Override
                    public void answer(String answer) {
                        throw new IllegalStateException("does not fit");
                    }

                    @Override
                    public void fail(Fault fault) {
                        faults.add(fault);
                    }
                });
        exchange.guarded(() -> exchange.answer("a"));
        exchange.answer("b");
        assertThat(faults).hasSize(1);
    }
}
