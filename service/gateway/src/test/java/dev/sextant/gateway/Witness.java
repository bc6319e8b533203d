package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.sextant.gateway.compatibility.Shown;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Sits in on every test of this room and notes which calls were answered with success to the thread that runs it.
/// Where docs/compatibility/milvus.md says that a test shows a call, that test fails if it did not.
public final class Witness implements BeforeEachCallback, AfterEachCallback {
    private static final ThreadLocal<Optional<Set<String>>> SEEN = ThreadLocal.withInitial(Optional::empty);
    private static final Pattern GOOD = Pattern.compile("^\\{\"code\":0[,}]|^\\{\"resource_group\":");
    private static final Pattern GOOD_AT_FIRST = Pattern.compile("^\\{\"code\":200[,}]");

    @Override
    public void beforeEach(ExtensionContext test) {
        SEEN.set(Optional.of(ConcurrentHashMap.newKeySet()));
    }

    @Override
    public void afterEach(ExtensionContext test) {
        var seen = SEEN.get().orElseThrow();
        SEEN.remove();
        if (test.getExecutionException().isPresent()) return;
        var name = test.getRequiredTestClass().getSimpleName() + "."
                + test.getRequiredTestMethod().getName();
        if (Boolean.getBoolean("accept")) Shown.accept(name, seen);
        assertThat(seen)
                .as("calls that %s shows, says the page", name)
                .containsAll(Shown.onThePage().callsOf(name));
    }

    /// @param answer the body
    static void sawRoute(String method, String path, String answer) {
        int query = path.indexOf('?');
        var bare = query < 0 ? path : path.substring(0, query);
        if (bare.startsWith(Rest.ROOT) && GOOD.matcher(answer).find()) saw(bare.substring(Rest.ROOT.length()));
        if (bare.startsWith(Rest.FIRST_ROOT) && GOOD_AT_FIRST.matcher(answer).find())
            saw(method + " " + bare.substring(Rest.FIRST_ROOT.length()));
    }

    private static void saw(String call) {
        SEEN.get().ifPresent(seen -> seen.add(call));
    }

    static final ClientInterceptor OF_CALLS = new ClientInterceptor() {
        @Override
        public <Q, P> ClientCall<Q, P> interceptCall(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
            var seen = SEEN.get(); // the answer may come on another thread
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<P> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onMessage(P answer) {
                                    if (answer instanceof Message message && isGood(message))
                                        seen.ifPresent(all -> all.add(method.getBareMethodName()));
                                    super.onMessage(answer);
                                }
                            },
                            headers);
                }
            };
        }
    };

    private static boolean isGood(Message answer) {
        if (answer instanceof Status status) return status.getCode() == 0 && status.getErrorCode() == ErrorCode.Success;
        for (var field : answer.getAllFields().values())
            if (field instanceof Status status && !isGood(status)) return false;
        return true;
    }
}
