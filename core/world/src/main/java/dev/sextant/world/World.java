package dev.sextant.world;

import java.nio.file.Path;
import java.security.SecureRandom;

/// What is not us: the disk, the time, chance, and where figures go. A simulator puts its own in its place, so that a
/// whole database runs from one seed.
public record World(Disk disk, Clock clock, Chance chance, Meters meters) {

    /// This machine: a directory, its clocks, numbers that nobody can guess; figures go nowhere.
    public static World real(Path directory) {
        var random = new SecureRandom();
        return new World(RealDisk.at(directory), Clock.SYSTEM, random::nextLong, Meters.NONE);
    }

    /// The same with somebody who collects figures.
    public World with(Meters collector) {
        return new World(disk, clock, chance, collector);
    }

    /// The same on another disk.
    public World with(Disk other) {
        return new World(other, clock, chance, meters);
    }
}
