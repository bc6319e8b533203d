package dev.sextant.query;

import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Brings the fields of the winners together from their shards, batch by batch, so that an answer that is too large is
/// refused before it fills the memory. Its bytes are reserved in the budget while it is made.
final class Fetching {
    private static final int BATCH = 16_384;

    private final Reading reading;
    private final List<Reader> readers;
    private final int[] reader;
    private final long[] place;
    private final Outputs outputs;
    private final long limitBytes;
    private final Reservation reserved;
    private final List<List<Column>> batches = new ArrayList<>();
    private long bytes;

    /// Rows of several readers, in some order.
    interface Placed {
        /// For each row which reader it comes from.
        int[] reader();

        /// For each row where it is there.
        long[] place();
    }

    private Fetching(Reading reading, List<Reader> readers, Placed rows, Outputs outputs, long limitBytes) {
        this.reading = reading;
        this.readers = readers;
        reader = rows.reader();
        place = rows.place();
        this.outputs = outputs;
        this.limitBytes = limitBytes;
        long least = outputs.leastRowBytes() * place.length;
        if (least > limitBytes) throw tooLarge(least);
        reserved = reading.memory().reserve("answers", least);
    }

    private Refused tooLarge(long found) {
        return new Refused(
                new Refusal.LimitExceeded("the size of an answer in bytes", found, limitBytes, "maxOutputSize"));
    }

    /// One column for each of the outputs, rows in their order; refused where it takes more than answers may.
    static void fetch(Reading reading, List<Reader> readers, Placed rows, Outputs outputs, Reply<List<Column>> reply) {
        fetch(reading, readers, rows, outputs, reading.config().maxOutputSize(), reply);
    }

    /// The same of whatever size the memory allows: for what is no answer.
    static void fetchAll(
            Reading reading, List<Reader> readers, Placed rows, Outputs outputs, Reply<List<Column>> reply) {
        fetch(reading, readers, rows, outputs, Long.MAX_VALUE, reply);
    }

    private static void fetch(
            Reading reading,
            List<Reader> readers,
            Placed rows,
            Outputs outputs,
            long limitBytes,
            Reply<List<Column>> reply) {
        if (outputs.fields().isEmpty()) {
            reply.complete(List.of());
            return;
        }
        if (rows.place().length == 0) {
            reply.complete(outputs.fields().stream()
                    .map(field -> Column.empty(field.type()))
                    .toList());
            return;
        }
        var fetching = new Fetching(reading, readers, rows, outputs, limitBytes);
        fetching.next(0, new Once<>(reply, fetching.reserved::close));
    }

    private void next(int from, Once<List<Column>> reply) {
        if (from >= place.length) {
            reply.complete(joined());
            return;
        }
        int to = Math.min(place.length, from + BATCH);
        var asked = new ArrayList<Integer>();
        for (int r = 0; r < readers.size(); r++) if (occurs(r, from, to)) asked.add(r);
        var gather = new Gather<List<Column>>(asked.size(), new Then<>(reply, columns -> {
            take(from, to, asked, columns);
            // Another turn on the worker's queue: a long answer lets others in between.
            if (to < place.length) OnWorker.elsewhere(reading.work(), reply, once -> next(to, once));
            else next(to, reply);
        }));
        for (int i = 0; i < asked.size(); i++) {
            int r = asked.get(i);
            OnWorker.run(
                    reading.work(),
                    gather.slot(i),
                    once -> readers.get(r).fetch(reading.call(), places(r, from, to), outputs.ids(), once));
        }
    }

    private boolean occurs(int wanted, int from, int to) {
        for (int i = from; i < to; i++) if (reader[i] == wanted) return true;
        return false;
    }

    private long[] places(int wanted, int from, int to) {
        var places = new long[to - from];
        int n = 0;
        for (int i = from; i < to; i++) if (reader[i] == wanted) places[n++] = place[i];
        return Arrays.copyOf(places, n);
    }

    /// Columns of several readers, back in the order of the batch.
    private void take(int from, int to, List<Integer> asked, List<List<Column>> columns) {
        var batch = new ArrayList<Column>();
        var at = positions(from, to, asked);
        for (int f = 0; f < outputs.fields().size(); f++) {
            int field = f;
            var column = asked.size() == 1
                    ? columns.getFirst().get(f)
                    : Column.concat(columns.stream().map(one -> one.get(field)).toList())
                            .take(at);
            bytes += Outputs.bytes(column);
            batch.add(column);
        }
        if (bytes > limitBytes) throw tooLarge(bytes);
        if (bytes > reserved.bytes()) reserved.grow(bytes - reserved.bytes());
        batches.add(batch);
    }

    private int[] positions(int from, int to, List<Integer> asked) {
        var at = new int[to - from];
        int done = 0;
        for (int r : asked) for (int i = from; i < to; i++) if (reader[i] == r) at[i - from] = done++;
        return at;
    }

    private List<Column> joined() {
        if (batches.size() == 1) return batches.getFirst();
        var columns = new ArrayList<Column>();
        for (int f = 0; f < outputs.fields().size(); f++) {
            int field = f;
            columns.add(Column.concat(
                    batches.stream().map(batch -> batch.get(field)).toList()));
        }
        return columns;
    }
}
