package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.wire.milvus.ErrorCode;
import org.junit.jupiter.api.Test;

class StatusesTest {
    @Test
    void everyFailureHasBothCodes() {
        for (int code = 1; code <= 3000; code++) {
            var status = Statuses.of(Fault.state(code, "reason"));
            assertThat(status.getCode()).isEqualTo(code);
            assertThat(status.getErrorCode()).isNotEqualTo(ErrorCode.Success);
        }
    }

    @Test
    void successHasNeither() {
        assertThat(Statuses.SUCCESS.getCode()).isZero();
        assertThat(Statuses.SUCCESS.getErrorCode()).isEqualTo(ErrorCode.Success);
    }

    @Test
    void aMistakeInTheRequestIsMarkedAsOne() {
        assertThat(Statuses.of(Fault.input(1100, "x")).getExtraInfoMap()).containsEntry("is_input_error", "true");
        assertThat(Statuses.of(Fault.state(100, "x")).getExtraInfoMap()).isEmpty();
    }
}
