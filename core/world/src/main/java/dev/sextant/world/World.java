package dev.sextant.world;

/// What is not us: the disk, the time, chance, and where figures go. A simulator puts its own in its place, so that a whole database
/// runs from one seed.
public record World(Disk disk, Clock clock, Chance chance, Meters meters) {}
