package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final DatabaseConfig QUICK = DatabaseConfig.DEFAULT.with(
            to -> to.access = new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 4));

    private final Threshold door = new Threshold(QUICK);

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void rootHasTheFirstPasswordThatWasSet() {
        assertThat(door.db.authenticate("root", "rootroot")).isEqualTo(new Call.Caller.User("root"));
        assertThat(Threshold.refusal(() -> door.db.authenticate("root", "wrong!")))
                .isInstanceOf(Refusal.NotAuthenticated.class);
    }

    @Test
    void anUnknownNameAndAWrongPasswordAreRefusedAlike() {
        assertThat(Threshold.refusal(() -> door.db.authenticate("nobody", "rootroot")))
                .isEqualTo(Threshold.refusal(() -> door.db.authenticate("root", "rootroo")));
    }

    @Test
    @Tag("slow")
    void ofManyWhoWaitForAPasswordToBeHashedOnlySoManyAreLetWait() throws Exception {
        // A hash must take longer than it takes the others to come.
        var slow = new Threshold(DatabaseConfig.DEFAULT.with(
                to -> to.access = new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 8)));
        try (AutoCloseable closing = slow::close) {
            assertThat(closing).isNotNull();
            var told = new java.util.concurrent.LinkedBlockingQueue<Refusal>();
            int guesses = 600;
            var begin = new java.util.concurrent.CountDownLatch(guesses);
            for (int i = 0; i < guesses; i++)
                Thread.ofPlatform().daemon().start(() -> {
                    begin.countDown(); // they come at once, and not as fast as they are hashed
                    try {
                        begin.await();
                    } catch (InterruptedException stop) {
                        return;
                    }
                    told.add(Threshold.refusal(() -> slow.db.authenticate("root", "wrong!")));
                });
            int busy = 0;
            for (int i = 0; i < guesses; i++)
                if (told.poll(60, java.util.concurrent.TimeUnit.SECONDS) instanceof Refusal.Busy) busy++;
            assertThat(busy).isPositive();
            assertThat(slow.db.authenticate("root", "rootroot")).isEqualTo(new Call.Caller.User("root"));
        }
    }

    @Test
    void ofManyWhoGuessAtOnceEachIsToldOnceAndWhoComesAfterTheEndIsTooWithoutAnException() throws Exception {
        int guesses = 3_000;
        var told = new java.util.concurrent.LinkedBlockingQueue<Refusal>();
        Runnable guess = () -> door.db.authenticate("root", "wrong!", new dev.sextant.model.Reply<>() {
            @Override
            public void complete(Call.Caller caller) {
                throw new AssertionError(caller);
            }

            @Override
            public void fail(Throwable reason) {
                told.add(((dev.sextant.model.Refused) reason).refusal());
            }
        });
        for (int i = 0; i < guesses; i++) guess.run();
        for (int i = 0; i < guesses; i++)
            assertThat(told.poll(60, java.util.concurrent.TimeUnit.SECONDS))
                    .isInstanceOfAny(Refusal.NotAuthenticated.class, Refusal.Busy.class);
        assertThat(door.db.authenticate("root", "rootroot")).isEqualTo(new Call.Caller.User("root"));
        door.db.close();
        guess.run();
        assertThat(told).containsExactly(new Refusal.Closing());
    }

    @Test
    void withoutASettingNobodyIsRoot() {
        try (var open = new Threshold()) {
            assertThat(Threshold.refusal(() -> open.db.authenticate("root", "")))
                    .isInstanceOf(Refusal.NotAuthenticated.class);
            assertThat(open.run(new Access.ListUsers())).containsExactly("root");
        }
    }

    @Test
    void aUserComesAndGoes() {
        door.run(new Access.CreateUser("ann", "secret", ""));
        assertThat(door.db.authenticate("ann", "secret")).isEqualTo(new Call.Caller.User("ann"));
        assertThat(door.run(new Access.ListUsers())).containsExactly("ann", "root");
        assertThat(door.refusal(new Access.CreateUser("root", "secret", "")))
                .as("root is there from the beginning, with or without a password")
                .isEqualTo(new Refusal.AlreadyExists(Kind.USER, "root", "", ""));
        assertThat(door.refusal(new Access.CreateUser("ann", "secret", "")))
                .isEqualTo(new Refusal.AlreadyExists(Kind.USER, "ann", "", ""));
        door.run(new Access.DropUser("ann"));
        door.run(new Access.DropUser("ann"));
        assertThat(Threshold.refusal(() -> door.db.authenticate("ann", "secret")))
                .isInstanceOf(Refusal.NotAuthenticated.class);
        assertThat(door.refusal(new Access.DropUser("root")).sentence()).contains("root user cannot be deleted");
    }

    @Test
    void aChangedPasswordIsTheOnlyOne() {
        door.run(new Access.CreateUser("ann", "secret", ""));
        door.db.authenticate("ann", "secret");
        assertThat(door.refusal(new Access.ChangePassword("ann", "wrong!", "better"))
                        .sentence())
                .contains("old password not correct for ann");
        assertThat(door.refusal(new Access.ChangePassword("bob", "wrong!", "better"))
                        .sentence())
                .contains("old password not correct for bob");
        door.run(new Access.ChangePassword("ann", "secret", "better"));
        assertThat(Threshold.refusal(() -> door.db.authenticate("ann", "secret")))
                .isInstanceOf(Refusal.NotAuthenticated.class);
        door.db.authenticate("ann", "better");
        door.run(new Access.ChangePassword("ann", "", "by the owner"));
        door.db.authenticate("ann", "by the owner");
    }

    @Test
    void aPasswordIsSixToSeventyTwoBytes() {
        assertThat(door.refusal(new Access.CreateUser("ann", "short", "")).sentence())
                .contains("invalid password length");
        assertThat(door.refusal(new Access.CreateUser("ann", "x".repeat(73), ""))
                        .sentence())
                .contains("invalid password length");
        door.run(new Access.CreateUser("ann", "x".repeat(72), ""));
        door.db.authenticate("ann", "x".repeat(72));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1ann", "_ann", "ann lee", "ännchen", "a234567890123456789012345678901234"})
    void aUserNameBeginsWithALetterAndIsShort(String name) {
        assertThat(door.refusal(new Access.CreateUser(name, "secret", "")))
                .isInstanceOfSatisfying(
                        Refusal.InvalidName.class, n -> assertThat(n.kind()).isEqualTo(Kind.USER));
    }

    @Test
    void aUserWithoutRolesLooksAtWhatEverybodyMayAndDoesNothingElse() {
        door.run(Define.CreateCollection.of("c", id(), vector()));
        door.runAs("ann", Watch.DescribeCollection.of("c"));
        door.runAs("ann", new Watch.ListAliases(Optional.of("c")));
        for (var denied : List.<Statement<?>>of(
                new Write.DeleteKeys("c", Optional.empty(), Column.longs(1)),
                Define.CreateCollection.of("d", id(), vector()),
                new Define.DropCollection("c"),
                Operate.Load.of("c"),
                new Access.CreateUser("bob", "secret", ""),
                new Access.ChangePassword("bob", "secret", "better"),
                new Access.ListUsers()))
            assertThat(Threshold.refusal(() -> door.runAs("ann", denied)))
                    .isInstanceOfSatisfying(
                            Refusal.NotPermitted.class, n -> assertThat(n.who()).isEqualTo("ann"));
        assertThat(Threshold.refusal(() -> door.runAs("ann", new Define.DropCollection("c"))))
                .isEqualTo(new Refusal.NotPermitted("ann", "DropCollection", "collection 'c'"));
    }

    @Test
    void aUserChangesTheirOwnPasswordAndRootDoesEverything() {
        door.run(new Access.CreateUser("ann", "secret", ""));
        door.runAs("ann", new Access.ChangePassword("ann", "secret", "better"));
        door.db.authenticate("ann", "better");
        door.runAs("root", Define.CreateCollection.of("d", id(), vector()));
        door.runAs("root", new Access.DropUser("ann"));
    }

    @Test
    void aVerifiedPasswordIsRememberedOnlyForAWhile() {
        door.db.authenticate("root", "rootroot");
        door.db.authenticate("root", "rootroot");
        door.nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(Threshold.refusal(() -> door.db.authenticate("root", "wrong!")))
                .isInstanceOf(Refusal.NotAuthenticated.class);
        door.db.authenticate("root", "rootroot");
    }

    @Test
    void anAnswerAboutAPasswordNeedNotBeWaitedFor() {
        var first = new Waiting<Call.Caller>();
        door.db.authenticate("root", "rootroot", first);
        assertThat(first.await()).isEqualTo(new Call.Caller.User("root"));
        var wrong = new Waiting<Call.Caller>();
        door.db.authenticate("root", "rootrooT", wrong);
        assertThat(Threshold.refusal(wrong::await)).isInstanceOf(Refusal.NotAuthenticated.class);
    }

    @Test
    void aPasswordIsShownNowhere() {
        assertThat(QUICK.toString()).doesNotContain("rootroot");
    }
}
