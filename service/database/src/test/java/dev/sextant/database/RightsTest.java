package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sextant.model.Access;
import dev.sextant.model.Access.Realm;
import dev.sextant.model.Access.Right;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RightsTest {
    private static final DatabaseConfig QUICK = DatabaseConfig.DEFAULT.with(
            to -> to.access = new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 4));
    private static final Write DELETE = new Write.DeleteKeys("c", Optional.empty(), Column.longs(1));

    private final Threshold door = new Threshold(QUICK);

    @BeforeEach
    void begin() {
        door.run(Define.CreateCollection.of("c", id(), vector()));
        door.run(Define.CreateCollection.of("d", id(), vector()));
        door.run(new Access.CreateUser("ann", "secret", "reads"));
        door.run(new Access.CreateRole("reader", "who reads"));
        door.run(new Access.GiveRole("ann", "reader"));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static Right of(Realm realm, String object, String privilege) {
        return new Right(Optional.of(realm), "", object, privilege);
    }

    private static Right named(String database, String collection, String privilege) {
        return new Right(Optional.empty(), database, collection, privilege);
    }

    private void grant(Right right) {
        door.run(new Access.Grant("reader", right));
    }

    private void allowed(Statement<?> statement) {
        assertThatCode(() -> door.runAs("ann", statement)).doesNotThrowAnyException();
    }

    private void denied(String privilege, Statement<?> statement) {
        assertThat(Threshold.refusal(() -> door.runAs("ann", statement)))
                .isInstanceOfSatisfying(
                        Refusal.NotPermitted.class,
                        denied -> assertThat(denied.privilege()).isEqualTo(privilege));
    }

    @Test
    void aRightCountsFromTheNextCallOnAndARevokedOneNoLonger() {
        denied("Delete", DELETE);
        denied("RefreshExternalCollection", Operate.RefreshExternal.of("c"));
        grant(of(Realm.COLLECTION, "c", "Delete"));
        allowed(DELETE);
        denied("Delete", new Write.DeleteKeys("d", Optional.empty(), Column.longs(1)));
        door.run(new Access.Revoke("reader", of(Realm.COLLECTION, "c", "Delete")));
        denied("Delete", DELETE);
        grant(of(Realm.COLLECTION, "*", "*"));
        allowed(DELETE);
        denied("DropCollection", new Define.DropCollection("c"));
        door.run(new Access.TakeRole("ann", "reader"));
        denied("Delete", DELETE);
    }

    @Test
    void aRightHoldsUnderEveryNameOfItsCollectionAndInNoOtherDatabase() {
        grant(of(Realm.COLLECTION, "c", "Delete"));
        door.run(new Define.CreateAlias("nick", "c"));
        allowed(new Write.DeleteKeys("nick", Optional.empty(), Column.longs(1)));
        door.run(new Define.CreateDatabase("other", Map.of()));
        door.db.execute(Call.local().in("other"), Define.CreateCollection.of("c", id(), vector()));
        var there = new Call(
                new Call.Caller.User("ann"),
                "other",
                Call.NO_DEADLINE,
                "",
                Call.local().consistency(),
                Call.local().cancellation());
        assertThat(Threshold.refusal(() -> door.db.execute(there, DELETE))).isInstanceOf(Refusal.NotPermitted.class);
        grant(new Right(Optional.of(Realm.COLLECTION), "*", "c", "Delete"));
        door.db.execute(there, DELETE);
    }

    @Test
    void whoMayLoadMayAskHowFarItIs() {
        grant(named("default", "c", "Load"));
        allowed(new Watch.LoadState("c", List.of()));
        grant(named("default", "c", "Flush"));
        allowed(new Watch.FlushState(Optional.of("c"), List.of(), 0));
    }

    @Test
    void groupsReachAsFarAsTheirLevel() {
        for (var refused : List.of(
                named("default", "*", "ClusterReadOnly"),
                named("*", "c", "ClusterAdmin"),
                named("default", "c", "DatabaseAdmin"),
                named("*", "c", "CollectionReadOnly")))
            assertThat(door.refusal(new Access.Grant("reader", refused))).isInstanceOf(Refusal.InvalidParameter.class);
        grant(named("default", "c", "CollectionReadWrite"));
        allowed(DELETE);
        allowed(new Watch.ListPartitions("c"));
        denied("CreateAlias", new Define.CreateAlias("x", "c"));
        grant(named("default", "*", "DatabaseAdmin"));
        allowed(new Define.DropCollection("d"));
        denied("CreateOwnership", new Access.CreateRole("more", ""));
        grant(named("*", "*", "ClusterAdmin"));
        allowed(new Access.CreateRole("more", ""));
    }

    @Test
    void whatEachGroupHolds() {
        assertThat(PrivilegeGroup.COLLECTION_READ_ONLY.words())
                .contains("Search", "Query", "DescribeCollection", "ListAliases")
                .doesNotContain("Insert", "Load");
        assertThat(PrivilegeGroup.COLLECTION_ADMIN.words())
                .containsAll(PrivilegeGroup.COLLECTION_READ_WRITE.words())
                .contains("CreateAlias", "RestoreSnapshot")
                .doesNotContain("CreateCollection");
        assertThat(PrivilegeGroup.DATABASE_ADMIN.words())
                .containsExactlyInAnyOrder(
                        "AlterDatabase", "CreateCollection", "DescribeDatabase", "DropCollection", "ShowCollections");
        assertThat(PrivilegeGroup.CLUSTER_ADMIN.words()).contains("ManageOwnership", "RenameCollection", "UpdateUser");
    }

    @Test
    void anOwnGroupGrowsAndTheRightsWithIt() {
        door.run(new Access.CreatePrivilegeGroup("writers"));
        assertThat(door.refusal(new Access.CreatePrivilegeGroup("writers"))).isInstanceOf(Refusal.AlreadyExists.class);
        assertThat(door.refusal(new Access.CreatePrivilegeGroup("1"))).isInstanceOf(Refusal.InvalidName.class);
        assertThat(door.refusal(new Access.AddPrivileges("writers", List.of("Paint"))))
                .isInstanceOf(Refusal.InvalidParameter.class);
        door.run(new Access.AddPrivileges("writers", List.of("Insert")));
        assertThat(door.refusal(new Access.AddPrivileges("writers", List.of("CreateDatabase")))
                        .sentence())
                .contains("privileges are not the same privilege level");
        grant(named("default", "c", "writers"));
        denied("Delete", DELETE);
        door.run(new Access.AddPrivileges("writers", List.of("Delete")));
        allowed(DELETE);
        assertThat(door.refusal(new Access.DropPrivilegeGroup("writers")).sentence())
                .contains("privilege group [writers] is used by role [reader]");
        door.run(new Access.Revoke("reader", named("default", "c", "writers")));
        door.run(new Access.DropPrivilegeGroup("writers"));
        door.run(new Access.DropPrivilegeGroup("writers"));
        denied("Delete", DELETE);
    }

    @Test
    void aRightUnderARealmIsOneOfThatRealm() {
        assertThat(door.refusal(new Access.Grant("reader", of(Realm.GLOBAL, "*", "Search")))
                        .sentence())
                .contains("not found the privilege name[Search] in object[Global]");
        assertThat(door.refusal(new Access.Grant("reader", of(Realm.GLOBAL, "*", "ClusterAdmin")))
                        .sentence())
                .contains("can not operate the built-in privilege group [ClusterAdmin]");
        assertThat(door.refusal(new Access.Grant("reader", named("*", "*", "Paint")))
                        .sentence())
                .contains("not found the privilege name[Paint]");
        grant(of(Realm.GLOBAL, "c", "CreateCollection"));
        assertThat(door.run(new Access.ListGrants("reader", Optional.empty(), Optional.empty(), "")))
                .containsExactly(
                        new Access.GrantInfo("reader", Realm.GLOBAL, "default", "*", "CreateCollection", "root"));
        allowed(Define.CreateCollection.of("e", id(), vector()));
    }

    @Test
    void listsShowWhatTheirReaderHasARightOn() {
        door.run(new Define.CreateDatabase("hidden", Map.of()));
        assertThat(door.runAs("ann", new Watch.ListCollections())).isEmpty();
        assertThat(door.runAs("ann", new Watch.ListDatabases())).isEmpty();
        grant(of(Realm.COLLECTION, "c", "Search"));
        assertThat(door.runAs("ann", new Watch.ListCollections()))
                .extracting(Watch.CollectionInfo::name)
                .containsExactly("c");
        assertThat(door.runAs("ann", new Watch.ListDatabases()))
                .extracting(Watch.DatabaseInfo::name)
                .containsExactly("default");
        assertThat(door.runAs("root", new Watch.ListCollections())).hasSize(2);
    }

    @Test
    void rolesThatAreInUseOrBuiltInStay() {
        grant(of(Realm.COLLECTION, "c", "Search"));
        assertThat(door.refusal(new Access.DropRole("reader", false)).sentence())
                .contains("fail to drop the role that it has privileges");
        for (var builtIn : List.of("admin", "public"))
            assertThat(door.refusal(new Access.DropRole(builtIn, true)).sentence())
                    .contains("default role");
        assertThat(door.refusal(new Access.DropRole("nobody", false))).isInstanceOf(Refusal.NotFound.class);
        door.run(new Access.DropRole("reader", true));
        assertThat(door.run(new Access.DescribeUsers(Optional.of("ann"))))
                .containsExactly(new Access.UserInfo("ann", "reads", List.of()));
    }

    @Test
    void whoHoldsAdminMayDoEverything() {
        door.run(new Access.GiveRole("ann", "admin"));
        allowed(new Access.DropUser("ann"));
    }

    @Test
    void everybodyMayLookAtThemselvesAndAtTheirOwnRoles() {
        allowed(new Access.DescribeUsers(Optional.of("ann")));
        denied("SelectUser", new Access.DescribeUsers(Optional.of("root")));
        denied("SelectUser", new Access.DescribeUsers(Optional.empty()));
        allowed(new Access.ListGrants("reader", Optional.empty(), Optional.empty(), ""));
        denied("SelectOwnership", new Access.ListGrants("admin", Optional.empty(), Optional.empty(), ""));
    }

    @Test
    void whatPublicIsGrantedEverybodyMay() {
        door.run(new Access.Grant("public", of(Realm.COLLECTION, "c", "Delete")));
        allowed(DELETE);
    }

    @Test
    void rootMayBeBoundAndPublicMayHaveNothing() {
        var bound = QUICK.with(to -> to.access =
                new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 4, Set.of("boss"), true, false));
        try (var strict = new Threshold(bound)) {
            strict.run(Define.CreateCollection.of("c", id(), vector()));
            assertThat(Threshold.refusal(() -> strict.runAs("root", Watch.DescribeCollection.of("c"))))
                    .isInstanceOf(Refusal.NotPermitted.class);
            strict.run(new Access.GiveRole("root", "admin"));
            strict.runAs("root", Watch.DescribeCollection.of("c"));
            strict.run(new Access.CreateUser("boss", "bossboss", ""));
            strict.run(new Access.GiveRole("boss", "admin"));
            strict.runAs("boss", new Access.ChangePassword("root", "", "replaced"));
            strict.db.authenticate("root", "replaced");
        }
    }

    @Test
    void aBackupComesBackWholeOrNotAtAll() {
        grant(named("default", "c", "CreateAlias"));
        door.run(new Access.CreatePrivilegeGroup("writers"));
        door.run(new Access.AddPrivileges("writers", List.of("Insert")));
        grant(named("default", "c", "writers"));
        var backup = door.run(new Access.BackUp());
        assertThat(backup.toString()).doesNotContain("$2");
        assertThat(door.refusal(new Access.Restore(backup))).isInstanceOf(Refusal.AlreadyExists.class);
        try (var other = new Threshold(QUICK)) {
            other.run(new Access.Restore(backup));
            assertThat(other.db.authenticate("ann", "secret")).isEqualTo(new Call.Caller.User("ann"));
            assertThat(other.run(new Access.BackUp())).isEqualTo(backup);
            other.run(Define.CreateCollection.of("d", id(), vector()));
            assertThat(Threshold.refusal(() -> other.runAs("ann", new Define.CreateAlias("x", "d"))))
                    .as("a right on one collection does not come back for all")
                    .isInstanceOf(Refusal.NotPermitted.class);
        }
        try (var other = new Threshold(QUICK)) {
            other.run(new Access.CreateRole("reader", ""));
            assertThat(other.refusal(new Access.Restore(backup))).isInstanceOf(Refusal.AlreadyExists.class);
            assertThat(other.run(new Access.ListUsers())).containsExactly("root");
        }
    }

    @Test
    void everythingInOneDatabaseDoesNotComeBackAsTheServer() {
        grant(named("default", "*", "*"));
        denied("ManageOwnership", new Access.GiveRole("ann", "admin"));
        var backup = door.run(new Access.BackUp());
        try (var other = new Threshold(QUICK)) {
            other.run(new Access.Restore(backup));
            assertThat(Threshold.refusal(() -> other.runAs("ann", new Access.GiveRole("ann", "admin"))))
                    .isInstanceOf(Refusal.NotPermitted.class);
            other.runAs("ann", Define.CreateCollection.of("e", id(), vector()));
        }
    }

    @Test
    void whoeverHeldEverythingInMilvusHoldsItHere() {
        var users = door.run(new Access.BackUp()).users();
        for (var word : List.of("*", "All")) {
            var grant = new Access.GrantInfo("reader", Realm.GLOBAL, "default", "*", word, "root");
            try (var other = new Threshold(QUICK)) {
                other.run(Define.CreateCollection.of("c", id(), vector()));
                other.run(new Access.Restore(new Access.Backup(users, Map.of("reader", ""), List.of(grant), Map.of())));
                other.runAs("ann", new Access.CreateRole("made", ""));
                // Under its realm `*` is all of the realm, and `All` is all there is.
                if (word.equals("All")) other.runAs("ann", DELETE);
                else
                    assertThat(Threshold.refusal(() -> other.runAs("ann", DELETE)))
                            .isInstanceOf(Refusal.NotPermitted.class);
            }
        }
    }

    @Test
    void everythingOnOneCollectionComesBackForThatOne() {
        grant(named("default", "c", "*"));
        var backup = door.run(new Access.BackUp());
        try (var other = new Threshold(QUICK)) {
            for (var name : List.of("c", "d")) other.run(Define.CreateCollection.of(name, id(), vector()));
            other.run(new Access.Restore(backup));
            other.runAs("ann", DELETE);
            other.runAs("ann", new Define.CreateAlias("nick", "c"));
            assertThat(Threshold.refusal(() -> other.runAs("ann", new Define.CreateAlias("other", "d"))))
                    .isInstanceOf(Refusal.NotPermitted.class);
        }
    }

    @Test
    void whoAsksWhetherTheyMayIsToldAsIfTheyDid() {
        denied("UpdateReplicateConfiguration", new Access.May("UpdateReplicateConfiguration", ""));
        denied("Search", new Access.May("Search", "c"));
        grant(named("default", "c", "Search"));
        allowed(new Access.May("Search", "c"));
        denied("Search", new Access.May("Search", "d"));
        assertThat(door.refusal(new Access.May("Paint", ""))).isInstanceOf(Refusal.InvalidParameter.class);
    }

    @Test
    void numbersOfRolesAreLimited() {
        for (int i = 1; i < 10; i++) door.run(new Access.CreateRole("r" + i, ""));
        assertThat(door.refusal(new Access.CreateRole("eleventh", ""))).isInstanceOf(Refusal.LimitExceeded.class);
    }

    @Test
    void explainingAReadNeedsTheRightToRead() {
        var read = new dev.sextant.model.Read.Explain(
                new dev.sextant.model.Read.Count("c", List.of(), Optional.empty(), false), false);
        denied("Query", read);
    }

    @Test
    void loadingGoesToAGroupThatHasTheNode() {
        door.run(Threshold.index("c", "v"));
        door.run(new Operate.CreateResourceGroup("rg", Operate.GroupConfig.EMPTY));
        assertThat(door.refusal(new Operate.Load("c", List.of(), 1, List.of(), false, List.of("rg"))))
                .isEqualTo(new Refusal.NodesNotEnough("rg", 0, 1));
        assertThat(door.refusal(new Operate.Load("c", List.of(), 2, List.of(), false)))
                .isInstanceOf(Refusal.NodesNotEnough.class);
        door.run(new Operate.AlterResourceGroups(Map.of("rg", Operate.GroupConfig.EMPTY.ofNodes(1, 1))));
        door.run(new Operate.Load("c", List.of(), 1, List.of(), false, List.of("rg")));
        assertThat(door.run(new Watch.Replicas("c", 0)).getFirst().resourceGroup())
                .isEqualTo("rg");
        assertThat(door.refusal(new Operate.DropResourceGroup("rg"))).isInstanceOf(Refusal.InUse.class);
        door.run(new Operate.TransferReplicas("rg", "__default_resource_group", "c", 1));
        door.run(new Operate.AlterResourceGroups(Map.of("rg", Operate.GroupConfig.EMPTY)));
        door.run(new Operate.DropResourceGroup("rg"));
        door.run(new Operate.DropResourceGroup("rg"));
        assertThat(door.run(new Watch.ListResourceGroups())).containsExactly("__default_resource_group");
    }

    @Test
    void aRightOnACollectionIsNoneOnTheServer() {
        grant(named("default", "c", "*"));
        allowed(DELETE);
        allowed(new Define.CreateAlias("nick", "c"));
        denied("ManageOwnership", new Access.GiveRole("ann", "admin"));
        denied("ManageOwnership", new Access.Grant("reader", named("*", "*", "ClusterAdmin")));
        denied("CreateOwnership", new Access.CreateUser("eve", "secret", ""));
        denied("UpdateUser", new Access.ChangePassword("root", "rootroot", "stolen"));
        denied("BackupRBAC", new Access.BackUp());
        denied("CreateDatabase", new Define.CreateDatabase("mine", Map.of()));
        denied("AlterDatabase", new Define.AlterDatabase("default", Map.of(), Set.of("x")));
        denied("FlushAll", new Operate.Flush(List.of()));
        denied("CreateResourceGroup", new Operate.CreateResourceGroup("rg", Operate.GroupConfig.EMPTY));
        for (var all : List.of("*", "All")) grant(named("default", "*", all));
        allowed(new Define.DropCollection("d"));
        allowed(new Define.AlterDatabase("default", Map.of(), Set.of("x")));
        denied("ManageOwnership", new Access.GiveRole("ann", "admin"));
        denied("CreateDatabase", new Define.CreateDatabase("mine", Map.of()));
        grant(named("*", "*", "*"));
        allowed(new Define.CreateDatabase("mine", Map.of()));
        allowed(new Access.GiveRole("ann", "admin"));
    }

    @Test
    void aPrivilegeOfTheServerGivenForOneCollectionIsNotGivenForTheServer() {
        grant(named("default", "c", "ManageOwnership"));
        denied("ManageOwnership", new Access.GiveRole("ann", "admin"));
        grant(of(Realm.GLOBAL, "*", "ManageOwnership"));
        allowed(new Access.GiveRole("ann", "admin"));
    }

    @Test
    void anOldGroupHoldsWhatIsOfItsRealm() {
        for (var group : List.of("ReadOnly", "ReadWrite", "Admin")) grant(of(Realm.COLLECTION, "*", group));
        allowed(DELETE);
        denied("FlushAll", new Operate.Flush(List.of()));
        denied("AlterDatabase", new Define.AlterDatabase("default", Map.of(), Set.of("x")));
        denied("SelectOwnership", new Access.ListUsers());
        denied("ManageOwnership", new Access.GiveRole("ann", "admin"));
        grant(of(Realm.GLOBAL, "*", "ReadWrite"));
        allowed(new Operate.Flush(List.of()));
        allowed(new Access.ListUsers());
        denied("UpdateUser", new Access.DescribeUserAs("root", "x"));
        denied("CreateDatabase", new Define.CreateDatabase("mine", Map.of()));
        grant(of(Realm.GLOBAL, "*", "Admin"));
        allowed(new Define.CreateDatabase("mine", Map.of()));
    }

    @Test
    void aDatabaseIsChangedByARightInThatDatabase() {
        door.run(new Define.CreateDatabase("other", Map.of()));
        grant(named("default", "*", "DatabaseReadWrite"));
        allowed(new Define.AlterDatabase("default", Map.of(), Set.of("x")));
        denied("AlterDatabase", new Define.AlterDatabase("other", Map.of(), Set.of("x")));
        denied("DescribeDatabase", new Watch.DescribeDatabase("other"));
        assertThat(Threshold.refusal(() -> in("other", new Define.AlterDatabase("other", Map.of(), Set.of("x")))))
                .isInstanceOf(Refusal.NotPermitted.class);
        in("other", new Define.AlterDatabase("default", Map.of(), Set.of("x")));
        door.run(new Access.Revoke("reader", named("default", "*", "DatabaseReadWrite")));
        grant(named("other", "*", "DatabaseReadWrite"));
        assertThat(Threshold.refusal(() -> in("other", new Define.AlterDatabase("", Map.of(), Set.of("x")))))
                .as("without a name it is the default one")
                .isInstanceOf(Refusal.NotPermitted.class);
    }

    @Test
    void anAliasIsTakenOnlyFromACollectionThatItsTakerHasTheRightOn() {
        door.run(new Define.CreateAlias("nick", "d"));
        grant(named("default", "c", "CollectionAdmin"));
        denied("CreateAlias", new Define.AlterAlias("nick", "c"));
        denied("CreateAlias", new Define.AlterAlias(" nick ", "c"));
        assertThat(door.run(new Watch.DescribeAlias("nick")).collection()).isEqualTo("d");
        grant(named("default", "d", "CreateAlias"));
        allowed(new Define.AlterAlias("nick", "c"));
        assertThat(door.run(new Watch.DescribeAlias("nick")).collection()).isEqualTo("c");
    }

    @Test
    void aCollectionThatIsKnownByItsNumberIsJudgedAsByItsName() {
        try (var strict = new Threshold(QUICK.with(to -> to.access =
                new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 4, Set.of(), false, false)))) {
            strict.run(Define.CreateCollection.of("c", id(), vector()));
            strict.run(new Define.CreateDatabase("other", Map.of()));
            strict.db.execute(Call.local().in("other"), Define.CreateCollection.of("c", id(), vector()));
            strict.run(new Define.CreateAlias("nick", "c"));
            strict.run(new Access.CreateUser("ann", "secret", "reads"));
            strict.run(new Access.CreateRole("reader", ""));
            strict.run(new Access.GiveRole("ann", "reader"));
            strict.run(new Access.Grant("reader", named("other", "c", "CollectionReadOnly")));
            long hidden = strict.run(Watch.DescribeCollection.of("c")).id();
            long shown = strict.db
                    .execute(Call.local().in("other"), Watch.DescribeCollection.of("c"))
                    .id();
            for (var statement : List.<Statement<?>>of(
                    new Watch.DescribeCollection("", hidden),
                    new Watch.Replicas("", hidden),
                    new Watch.DescribeCollection("", 99)))
                assertThat(Threshold.refusal(() -> strict.runAs("ann", statement)))
                        .isInstanceOf(Refusal.NotPermitted.class);
            assertThat(strict.runAs("ann", new Watch.DescribeCollection("", shown))
                            .database())
                    .isEqualTo("other");
            assertThat(strict.runAs("ann", new Watch.ListAliases(Optional.empty())))
                    .isEmpty();
            strict.run(new Access.Grant("reader", named("default", "c", "ListAliases")));
            assertThat(strict.runAs("ann", new Watch.ListAliases(Optional.empty())))
                    .hasSize(1);
        }
    }

    private <R> R in(String database, Statement<R> statement) {
        var local = Call.local();
        return door.db.execute(
                new Call(
                        new Call.Caller.User("ann"),
                        database,
                        local.deadlineNanos(),
                        "",
                        local.consistency(),
                        local.cancellation()),
                statement);
    }
}
