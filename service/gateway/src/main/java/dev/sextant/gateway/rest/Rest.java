package dev.sextant.gateway.rest;

import dev.sextant.database.Door;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Doorkeeper.Credentials;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Tally;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.gateway.port.Route;
import dev.sextant.model.Call;
import dev.sextant.model.Consistency;
import dev.sextant.model.Reply;
import dev.sextant.world.Clock;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Milvus' RESTful interface, version 2: POST a JSON object to `/v2/vectordb/<things>/<action>`; and what is left of
/// version 1, see [RestV1]. A business error is an answer like any other, with a code in its body; HTTP's own codes
/// tell only of callers that are not let in and of paths that do not exist.
public final class Rest implements Route {
    public static final String ROOT = "/v2/vectordb/";
    public static final String FIRST_ROOT = "/v1/vector/";
    private static final int LARGE_BODY = 64 << 10;
    private static final long USUAL_SECONDS = 30;

    private final Door door;
    private final Doorkeeper keeper;
    private final Clock clock;
    private final Meters meters;
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
    private final Map<String, Entry> actions = new LinkedHashMap<>();
    private final Map<String, Entry> firstActions = new LinkedHashMap<>();

    /// One route.
    interface Action {
        void run(Asking asking);
    }

    /// What a route works with.
    ///
    /// @param textLongs whether integers of 64 bits are written as texts
    record Asking(Body body, Exchange<Said> exchange, boolean textLongs, Route.Headers headers) {}

    /// @param success the code of an answer that is no error
    private record Entry(String name, Asked asked, Action action, int success) {}

    public Rest(Door door, Doorkeeper keeper, World world) {
        this.door = door;
        this.keeper = keeper;
        clock = world.clock();
        meters = world.meters();
        RestCollections.bind(this);
        RestFunctions.bind(this);
        RestEntities.bind(this);
        RestRooms.bind(this);
        RestAccess.bind(this);
        RestResourceGroups.bind(this);
        RestOperations.bind(this);
        RestExternals.bind(this);
        RestImports.bind(this);
        RestV1.bind(this);
    }

    Rest on(String path, Action action) {
        return on(path, Asked.ANYTHING, action);
    }

    Rest on(String path, Asked asked, Action action) {
        return bind(actions, new Entry(path, asked, action, 0));
    }

    /// A route of version 1, by its method and its path.
    Rest onFirst(String methodAndPath, Asked asked, Action action) {
        return bind(firstActions, new Entry(methodAndPath, asked, action, 200));
    }

    private Rest bind(Map<String, Entry> to, Entry entry) {
        if (to.put(entry.name, entry) != null) throw new IllegalStateException(entry.name + " twice");
        return this;
    }

    /// The paths that are answered, without the root.
    public SequencedSet<String> paths() {
        return new TreeSet<>(actions.keySet());
    }

    /// What is answered of version 1: each a method, a blank, and a path without its root.
    public SequencedSet<String> firstPaths() {
        return new TreeSet<>(firstActions.keySet());
    }

    @Override
    public void serve(Inquiry inquiry, Answering answering) {
        if (isForeign(inquiry)) {
            Said.fail(answering, 403, Fault.UNEXPECTED, "requests from pages of other origins are not answered");
            return;
        }
        if (inquiry.method().equals("OPTIONS")) {
            answering.send(204, Map.of("allow", "POST, OPTIONS"), new byte[0], 0);
            return;
        }
        var entry = entry(inquiry);
        if (entry.isEmpty()) NONE.serve(inquiry, answering);
        else admit(inquiry, entry.get(), new Way(answering, entry.get()));
    }

    private Optional<Entry> entry(Inquiry inquiry) {
        var path = inquiry.path();
        if (path.startsWith(FIRST_ROOT))
            return Optional.ofNullable(firstActions.get(inquiry.method() + " " + path.substring(FIRST_ROOT.length())));
        return inquiry.method().equals("POST") && path.startsWith(ROOT)
                ? Optional.ofNullable(actions.get(path.substring(ROOT.length())))
                : Optional.empty();
    }

    /// A page in somebody's browser may reach a server on loopback; what it may not is pass for its owner.
    private static boolean isForeign(Inquiry inquiry) {
        var origin = inquiry.headers().first("origin");
        if (origin.isEmpty()) return false;
        var host = inquiry.headers().first("host").orElse("");
        var from = origin.get();
        int scheme = from.indexOf("://");
        return scheme < 0 || !from.substring(scheme + 3).equalsIgnoreCase(host);
    }

    private void admit(Inquiry inquiry, Entry entry, Way way) {
        keeper.admit(credentials(inquiry), new Reply<>() {
            @Override
            public void complete(Call.Caller caller) {
                // A large body takes a while to read: not on an event loop.
                if (inquiry.body().length > LARGE_BODY)
                    Thread.startVirtualThread(() -> run(inquiry, entry, way, caller));
                else run(inquiry, entry, way, caller);
            }

            @Override
            public void fail(Throwable reason) {
                way.fail(Faults.of(reason, Asked.ANYTHING));
            }
        });
    }

    private void run(Inquiry inquiry, Entry entry, Way way, Call.Caller caller) {
        try {
            var body = body(inquiry);
            var database = body.text("dbName");
            if (database.isEmpty())
                database = inquiry.headers().first("DB-Name").orElse(Call.DEFAULT_DATABASE);
            var call =
                    new Call(caller, database, deadline(inquiry), trace(inquiry), Consistency.DEFAULT, inquiry.gone());
            var exchange = new Exchange<>(door, call, entry.asked, way);
            boolean textLongs = inquiry.headers()
                    .first("Accept-Type-Allow-Int64")
                    .filter(allowed -> allowed.equalsIgnoreCase("false"))
                    .isPresent();
            exchange.guarded(() -> entry.action.run(new Asking(body, exchange, textLongs, inquiry.headers())));
        } catch (Told told) {
            way.fail(told.fault());
        } catch (RuntimeException | Error fault) {
            // Nobody else hears of it on a thread of its own, and the client would wait for ever.
            way.fail(Faults.of(fault, entry.asked));
        }
    }

    private static Body body(Inquiry inquiry) {
        if (inquiry.method().equals("GET")) return Body.ofQuery(inquiry.query());
        if (inquiry.body().length == 0) throw Trouble.notJson("EOF");
        return Body.of(inquiry.body());
    }

    private long deadline(Inquiry inquiry) {
        long seconds = USUAL_SECONDS;
        var asked = inquiry.headers().first("Request-Timeout");
        if (asked.isPresent()) {
            try {
                seconds = Math.clamp(Long.parseLong(asked.get().strip()), 1, TimeUnit.DAYS.toSeconds(1));
            } catch (NumberFormatException noNumber) {
                throw Trouble.notJson("the header Request-Timeout must be a number of seconds");
            }
        }
        return clock.monotonicNanos() + TimeUnit.SECONDS.toNanos(seconds);
    }

    private static String trace(Inquiry inquiry) {
        var id = inquiry.headers().first("X-Request-Id").orElse("");
        return id.length() <= 64 ? id : id.substring(0, 64);
    }

    /// `Bearer user:password`, `Bearer token`, the same without `Bearer`, or HTTP's own Basic.
    private static Optional<Credentials> credentials(Inquiry inquiry) {
        var header = inquiry.headers().first("authorization").map(String::strip).orElse("");
        if (header.isEmpty()) return Optional.empty();
        if (header.regionMatches(true, 0, "Bearer ", 0, 7))
            return Optional.of(Credentials.of(header.substring(7).strip()));
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) return Optional.of(Credentials.of(header));
        try {
            return Optional.of(Credentials.of(
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /// In REST a limit on rate or room has a code of its own; one on numbers of things has not.
    private static boolean isLimit(Fault fault) {
        return fault.code() == 8 || fault.code() == 9 && fault.reason().startsWith("quota exceeded");
    }

    /// The way back to one client.
    private final class Way implements Exchange.Way<Said> {
        private final Answering answering;
        private final Entry entry;
        private final long beganNanos = clock.monotonicNanos();

        Way(Answering answering, Entry entry) {
            this.answering = answering;
            this.entry = entry;
        }

        /// Made when a route is first asked: most servers serve few of them.
        private Tally tally() {
            return tallies.computeIfAbsent(entry.name, name -> Tally.of(meters, name));
        }

        @Override
        public void answer(Said said) {
            tally().answered(clock.monotonicNanos() - beganNanos);
            Said.send(answering, entry.success, said);
        }

        @Override
        public void fail(Fault fault) {
            tally().failed(clock.monotonicNanos() - beganNanos, fault);
            switch (fault.ending()) {
                case UNAUTHENTICATED -> Said.fail(answering, 401, 1800, "user hasn't authenticated");
                case PERMISSION_DENIED -> Said.fail(answering, 403, Fault.UNEXPECTED, fault.reason());
                case DEADLINE_EXCEEDED -> Said.fail(answering, 408, 10001, "request timeout");
                case UNAVAILABLE -> Said.fail(answering, 503, fault.code(), fault.reason());
                case ANSWERED, CANCELLED ->
                    Said.fail(answering, 200, isLimit(fault) ? 1807 : fault.code(), fault.reason());
            }
        }
    }
}
