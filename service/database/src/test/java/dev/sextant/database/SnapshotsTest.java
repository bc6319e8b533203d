package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Snapshots from the door on, over a real engine.
class SnapshotsTest extends OverEngine {
    private void create(String name, long rows) {
        run(Define.CreateCollection.of(name, id(), vector("v", 2)));
        run(new Define.CreateIndex(name, "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of(name));
        insert(name, 0, rows);
    }

    private void insert(String name, long from, long to) {
        var ids = LongStream.range(from, to).toArray();
        run(new Write.Insert(
                name,
                Optional.empty(),
                Rows.of(ids.length)
                        .with("id", Column.longs(ids))
                        .with("v", Column.Dense.of(2, new float[2 * ids.length]))
                        .build(),
                OptionalLong.empty()));
    }

    private long count(String name) {
        run(Operate.Load.of(name));
        return db.execute(Call.local().at(Consistency.STRONG), new Read.Count(name, List.of(), Optional.empty(), false))
                .rows();
    }

    private Watch.RestoreInfo restored(String from, String snapshot, String to) {
        long job = run(new Operate.RestoreSnapshot(from, snapshot, to, Optional.empty()))
                .job();
        for (int i = 0; i < 2000; i++) {
            var info = run(new Watch.RestoreState(job));
            if (info.phase() == Watch.RestorePhase.COMPLETED || info.phase() == Watch.RestorePhase.FAILED) return info;
            try {
                Thread.sleep(10);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
        throw new AssertionError("waited in vain");
    }

    @Test
    void aSnapshotBecomesACollectionWithAllThatItHad() {
        create("c", 100);
        run(new Define.CreatePartition("c", "p"));
        run(new Define.CreateSnapshot("c", "s", "before", 0));
        insert("c", 100, 150);
        run(new Operate.Release("c", List.of("p")));
        run(new Define.DropPartition("c", "p"));
        var info = run(new Watch.DescribeSnapshot("c", "s"));
        assertThat(info.partitions()).containsExactly("_default", "p");
        assertThat(info.description()).isEqualTo("before");

        var job = restored("c", "s", "again");
        assertThat(job.phase()).as(job.reason()).isEqualTo(Watch.RestorePhase.COMPLETED);
        assertThat(job.percent()).isEqualTo(100);
        var again = run(Watch.DescribeCollection.of("again"));
        assertThat(again.partitions()).extracting(Watch.PartitionInfo::name).containsExactly("_default", "p");
        assertThat(run(new Watch.DescribeIndexes("again", Optional.empty()))).hasSize(1);
        assertThat(again.load().wanted()).isFalse();
        assertThat(count("again")).isEqualTo(100);
        assertThat(count("c")).isEqualTo(150);
        assertThat(run(new Watch.ListRestores(Optional.of("again"))))
                .extracting(Watch.RestoreInfo::id)
                .containsExactly(job.id());
    }

    @Test
    void namesBelongToTheirCollection() {
        create("c", 1);
        create("d", 1);
        run(new Define.CreateSnapshot("c", "s$1", "", 0));
        run(new Define.CreateSnapshot("d", "s$1", "", 0));
        assertThatThrownBy(() -> run(new Define.CreateSnapshot("c", "s$1", "", 0)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("exists already");
        for (var bad : List.of("", "1a", "$a", "a b", "a".repeat(256), "../x"))
            assertThatThrownBy(() -> run(new Define.CreateSnapshot("c", bad, "", 0)))
                    .as(bad)
                    .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Define.CreateSnapshot("c", "t", "", -1)))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Define.CreateSnapshot("c", "t", "", 604_801)))
                .isInstanceOf(Refused.class);
        assertThat(run(new Watch.ListSnapshots("c"))).containsExactly("s$1");
        run(new Define.DropSnapshot("c", "s$1"));
        run(new Define.DropSnapshot("c", "s$1"));
        assertThat(run(new Watch.ListSnapshots("c"))).isEmpty();
        assertThat(run(new Watch.ListSnapshots("d"))).containsExactly("s$1");
        assertThatThrownBy(() -> run(new Watch.DescribeSnapshot("c", "s$1")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("snapshot");
    }

    @Test
    void whatIsPinnedIsNotDropped() {
        create("c", 1);
        run(new Define.CreateSnapshot("c", "s", "", 0));
        long pin = run(new Operate.PinSnapshot("c", "s", 0)).pin();
        long other = run(new Operate.PinSnapshot("c", "s", 60)).pin();
        assertThat(run(new Watch.DescribeSnapshot("c", "s")).pins()).isEqualTo(2);
        assertThatThrownBy(() -> run(new Define.DropSnapshot("c", "s")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("2 active pins");
        run(new Operate.UnpinSnapshot(pin));
        run(new Operate.UnpinSnapshot(pin));
        run(new Operate.UnpinSnapshot(other));
        assertThatThrownBy(() -> run(new Operate.UnpinSnapshot(0))).isInstanceOf(Refused.class);
        run(new Define.DropSnapshot("c", "s"));
        assertThat(run(new Watch.ListSnapshots("c"))).isEmpty();
    }

    @Test
    void whatCannotBeRestoredIsRefusedAtOnce() {
        create("c", 1);
        create("taken", 1);
        run(new Define.CreateAlias("alias", "taken"));
        run(new Define.CreateSnapshot("c", "s", "", 0));
        for (var target : List.of("c", "taken", "alias", "", "1x"))
            assertThatThrownBy(() -> run(new Operate.RestoreSnapshot("c", "s", target, Optional.empty())))
                    .as(target)
                    .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Operate.RestoreSnapshot("c", "none", "x", Optional.empty())))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Operate.RestoreSnapshot("c", "s", "x", Optional.of("nowhere"))))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Watch.RestoreState(1))).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Watch.ListRestores(Optional.of("x")))).isInstanceOf(Refused.class);
    }

    @Test
    void snapshotsAndWhatWasMadeOfThemOutliveARestart() {
        create("c", 50);
        run(new Define.CreateSnapshot("c", "s", "", 60));
        run(new Define.CreateDatabase("other", Map.of()));
        long job = run(new Operate.RestoreSnapshot("c", "s", "again", Optional.of("other")))
                .job();
        reopen();
        assertThat(run(new Watch.ListSnapshots("c"))).containsExactly("s");
        assertThat(run(new Watch.DescribeSnapshot("c", "s")).protectedUntilMillis())
                .isPositive();
        for (int i = 0; i < 3_000 && run(new Watch.RestoreState(job)).phase() != Watch.RestorePhase.COMPLETED; i++)
            Thread.onSpinWait();
        restored("c", "s", "once_more");
        assertThat(count("once_more")).isEqualTo(50);
        var there = Call.local().in("other");
        assertThat(db.execute(there, Watch.DescribeCollection.of("again")).name())
                .isEqualTo("again");
        assertThat(db.execute(there, new Watch.ListRestores(Optional.empty()))).hasSize(1);
    }

    @Test
    void eachCallNeedsItsOwnRight() {
        create("c", 1);
        run(new Define.CreateSnapshot("c", "s", "", 0));
        run(new Access.CreateUser("ann", "secret-ann", ""));
        run(new Access.CreateRole("r", ""));
        run(new Access.GiveRole("ann", "r"));
        var ann = new Call(
                new Call.Caller.User("ann"),
                "default",
                Call.NO_DEADLINE,
                "",
                Consistency.DEFAULT,
                new dev.sextant.model.Cancellation());
        var wanted = Map.<String, Statement<?>>of(
                "CreateSnapshot", new Define.CreateSnapshot("c", "t", "", 0),
                "DropSnapshot", new Define.DropSnapshot("c", "t"),
                "ListSnapshots", new Watch.ListSnapshots("c"),
                "DescribeSnapshot", new Watch.DescribeSnapshot("c", "s"),
                "RestoreSnapshot", new Operate.RestoreSnapshot("c", "s", "again", Optional.empty()));
        wanted.forEach((privilege, statement) -> {
            assertThatThrownBy(() -> db.execute(ann, statement))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(privilege);
            run(new Access.Grant("r", new Access.Right(Optional.empty(), "default", "c", privilege)));
            db.execute(ann, statement);
        });
        assertThatThrownBy(() ->
                        db.execute(ann, new Operate.RestoreSnapshot("c", "s", "elsewhere", Optional.of("default"))))
                .isInstanceOf(Refused.class);
        long job = run(new Operate.RestoreSnapshot("c", "s", "theirs", Optional.empty()))
                .job();
        for (long number : new long[] {job, job + 1_000_000})
            assertThatThrownBy(() -> db.execute(ann, new Watch.RestoreState(number)))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("RestoreSnapshot");
        run(new Access.Grant("r", new Access.Right(Optional.empty(), "default", "theirs", "RestoreSnapshot")));
        assertThat(db.execute(ann, new Watch.RestoreState(job)).collection()).isEqualTo("theirs");
        assertThatThrownBy(() -> db.execute(ann, new Operate.PinSnapshot("c", "s", 1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("PinSnapshotData");
    }
}
