package dev.sextant.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Calls that reach around `World`, and calls that end what is not theirs to end.
class CallsTest {
    /// A call of this type that only these rooms may make. `withoutArguments`: other forms of it are given what they
    /// need.
    private record Ban(String type, String call, boolean withoutArguments, Set<String> except) {
        boolean strikes(String room, AccessTarget.CodeUnitAccessTarget target) {
            return !except.contains(room)
                    && target.getOwner().getName().equals(type)
                    && target.getName().equals(call)
                    && (!withoutArguments || target.getRawParameterTypes().isEmpty());
        }
    }

    /// A gateway and a server live and die with their process: no simulator stands in for that.
    private static final Set<String> TIME = Set.of("world", "kernel", "gateway", "server", "cli");

    private static final Set<String> CHANCE = Set.of("world", "gateway");

    private static final String NEW = "<init>";

    private static final List<Ban> BANS = List.of(
            new Ban("java.time.Instant", "now", true, TIME),
            new Ban("java.time.LocalDate", "now", true, TIME),
            new Ban("java.time.LocalDateTime", "now", true, TIME),
            new Ban("java.time.OffsetDateTime", "now", true, TIME),
            new Ban("java.time.ZonedDateTime", "now", true, TIME),
            new Ban("java.time.Clock", "systemUTC", false, TIME),
            new Ban("java.lang.System", "currentTimeMillis", false, TIME),
            new Ban("java.lang.System", "nanoTime", false, TIME),
            new Ban("java.lang.Thread", NEW, false, Set.of("world", "kernel", "server")),
            new Ban("java.lang.Math", "random", false, CHANCE),
            new Ban("java.util.Random", NEW, true, CHANCE),
            new Ban("java.util.concurrent.ThreadLocalRandom", "current", false, CHANCE),
            new Ban("java.lang.System", "exit", false, Set.of("cli")));

    @Test
    void timeChanceThreadsAndTheEndComeFromWhereTheyBelong() {
        var wrong = new TreeSet<String>();
        long looked = 0;
        for (var room : House.writtenRooms()) {
            for (var type : House.classes(room)) {
                looked += type.getAccessesFromSelf().size();
                struck(room, type).forEach(wrong::add);
            }
        }
        assertThat(looked).as("accesses looked at").isPositive();
        assertThat(wrong).isEmpty();
    }

    @Test
    void aBannedCallIsSeenInEachOfItsForms() {
        var careless = new ClassFileImporter().importClass(Careless.class);
        assertThat(struck("engine", careless)).hasSize(5);
        assertThat(struck("world", careless)).allMatch(line -> line.contains("System.exit"));
    }

    private static List<String> struck(String room, JavaClass type) {
        return Stream.concat(type.getCodeUnitCallsFromSelf().stream(), type.getCodeUnitReferencesFromSelf().stream())
                .filter(access -> BANS.stream().anyMatch(ban -> ban.strikes(room, target(access))))
                .map(access -> room + ": " + access.getDescription())
                .toList();
    }

    private static AccessTarget.CodeUnitAccessTarget target(JavaAccess<?> access) {
        return (AccessTarget.CodeUnitAccessTarget) access.getTarget();
    }

    /// Does what nobody may, for the rule to find.
    @SuppressWarnings("unused")
    private static final class Careless {
        private final Supplier<Instant> reference = Instant::now;

        private void call() {
            new Thread(() -> System.currentTimeMillis()).start();
            new Random(7).nextInt();
            new Random().nextInt();
            System.exit(1);
        }
    }
}
