package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.FileResource;
import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.RefreshJob;
import dev.sextant.catalog.ResourceGroup;
import dev.sextant.catalog.ResourceGroups;
import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.User;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.entry.In;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Access.Realm;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate.GroupConfig;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Schema;
import dev.sextant.model.Watch;
import dev.sextant.world.MemoryDisk;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may do what must not depend on whether the log is still there.
class CheckpointRightsTest {
    private static final long MOST = 1 << 20;

    private final Memory memory = new Memory(64 << 20);
    private final Files files = new Files(new MemoryDisk(), "segments");

    private byte[] checkpoint(List<Change> changes) {
        var replica = new Replica(memory, MOST, files);
        assertThat(replica.apply(
                        1, new Entry(1, 5, 6, 7, List.of(new Entry.Part(Effect.CATALOG, 1, new Effect.Lead())))))
                .isTrue();
        assertThat(replica.apply(
                        2,
                        new Entry(1, 6, 6, 7, List.of(new Entry.Part(Effect.CATALOG, 1, new Effect.Define(changes))))))
                .isTrue();
        try (var captured = replica.capture(MOST)) {
            return CheckpointCodec.encode(captured);
        } finally {
            replica.close();
        }
    }

    private Replica decoded(byte[] bytes) {
        return CheckpointCodec.decode(new In("checkpoint", MemorySegment.ofArray(bytes)), memory, MOST, files);
    }

    @Test
    void aCheckpointKeepsRightsAndResourceGroups() {
        var grant = new Role.Grant(Realm.COLLECTION, "*", "c", "Search", true, "root");
        var role = new Role("reader", "reads", 4, new LinkedHashSet<>(List.of(grant)));
        var group = new ResourceGroup("rg", GroupConfig.EMPTY.ofNodes(1, 1), 9);
        var replica = decoded(checkpoint(List.of(
                new Change.PutUser(new User("ann", "hash", "", 1)),
                new Change.PutRole(role),
                new Change.SetRoles("ann", Set.of("reader")),
                new Change.PutPrivilegeGroup("own", Set.of("Query")),
                new Change.PutResourceGroup(group),
                new Change.Place(7, "rg"))));
        var catalog = replica.catalog();
        assertThat(catalog.rights().role("reader")).contains(role);
        assertThat(catalog.rights().rolesOf("ann")).containsExactly("reader");
        assertThat(catalog.rights().groups()).containsOnlyKeys("own");
        assertThat(catalog.groups().all()).containsEntry("rg", group);
        assertThat(catalog.groups().of(7)).isEqualTo("rg");
        replica.close();
    }

    @Test
    void aCheckpointKeepsNamesOfFilesAndOneOfTheThirdFormatHasNone() {
        var terms = new FileResource(9, "terms", "dicts/terms.txt");
        var with = checkpoint(List.of(new Change.PutFileResource(terms)));
        var replica = decoded(with);
        assertThat(replica.catalog().files()).isEqualTo(Map.of("terms", terms));
        replica.close();
        int file = 8 + 4 + "terms".length() + 4 + "dicts/terms.txt".length();
        int plan = 2 * Integer.BYTES;
        var third = decoded(java.util.Arrays.copyOf(with, with.length - plan - file - 2 * Integer.BYTES));
        assertThat(third.catalog().files()).isEmpty();
        third.close();
    }

    @Test
    void aCheckpointKeepsWhereRowsOfOthersComeFromAndOneOfTheFourthFormatKnowsOfNoRefresh() {
        var external = new External("s3://b/k/", "{}", Map.of("v", "vec"));
        var collection = new Collection(
                        7,
                        1,
                        "c",
                        "",
                        new Schema(0, List.of(Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY))),
                        List.of(),
                        ConsistencyLevel.BOUNDED,
                        Map.of(),
                        List.of(),
                        List.of(),
                        new Load.Everything(Set.of(), 1),
                        6,
                        6)
                .with(external);
        var job = new RefreshJob(
                8,
                1,
                7,
                "c",
                external.from("s3://b/l/", "{}"),
                ImportJob.Phase.OPEN,
                5,
                0,
                RefreshJob.Read.NOTHING,
                "",
                List.of());
        var over = job.ended(
                ImportJob.Phase.FAILED,
                9,
                new RefreshJob.Read(1, 2, 3),
                "why",
                List.of(new Watch.FileFault("f", "its reason")));
        var with = checkpoint(List.of(new Change.CreateCollection(collection), new Change.PutRefresh(over)));
        var replica = decoded(with);
        assertThat(replica.catalog().collections()).containsEntry(7L, collection);
        assertThat(replica.catalog().refreshes()).isEqualTo(Map.of(8L, over));
        replica.close();
        var none = checkpoint(List.of(
                new Change.CreateCollection(collection),
                new Change.PutRefresh(over),
                new Change.ForgetRefresh(8),
                new Change.SetExternal(7, external.from("elsewhere", ""))));
        var fourth = decoded(java.util.Arrays.copyOf(none, none.length - 3 * Integer.BYTES));
        assertThat(fourth.catalog().refreshes()).isEmpty();
        assertThat(fourth.catalog()
                        .collections()
                        .get(7L)
                        .external()
                        .orElseThrow()
                        .source())
                .isEqualTo("elsewhere");
        fourth.close();
    }

    @Test
    void aCheckpointKeepsThePlanOfReplicationAndOneOfTheFifthFormatHasNone() {
        var plan = new ReplicationPlan(
                List.of(new ReplicationPlan.Cluster("a", "http://a", List.of("c"))),
                List.of(new ReplicationPlan.Way("a", "b")));
        var with = checkpoint(List.of(new Change.PlanReplication(plan)));
        var replica = decoded(with);
        assertThat(replica.catalog().replication()).isEqualTo(plan);
        replica.close();
        int cluster = 4 + "a".length() + 4 + "http://a".length() + 4 + 4 + "c".length();
        int way = 4 + "a".length() + 4 + "b".length();
        var fifth = decoded(java.util.Arrays.copyOf(with, with.length - 2 * Integer.BYTES - cluster - way));
        assertThat(fifth.catalog().replication()).isEqualTo(ReplicationPlan.NONE);
        fifth.close();
    }

    @Test
    void aCheckpointOfTheFirstFormatHasNone() {
        var bytes = checkpoint(List.of(new Change.PutUser(new User("ann", "hash", "", 1))));
        var with = checkpoint(List.of(
                new Change.PutUser(new User("ann", "hash", "", 1)), new Change.SetRoles("ann", Set.of("reader"))));
        // What came later stands behind everything else, so that cutting it off gives what the first format was.
        int same = 0;
        while (same < bytes.length && bytes[same] == with[same]) same++;
        var replica = decoded(java.util.Arrays.copyOf(bytes, same - Integer.BYTES));
        assertThat(replica.catalog().users()).containsOnlyKeys("ann");
        assertThat(replica.catalog().rights()).isEqualTo(Rights.NONE);
        assertThat(replica.catalog().groups()).isEqualTo(ResourceGroups.NONE);
        replica.close();
    }
}
