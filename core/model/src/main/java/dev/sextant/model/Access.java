package dev.sextant.model;

import java.util.List;

/// Statements about who may come in.
public sealed interface Access<R> extends Statement<R> {
    record CreateUser(String name, String password, String description) implements Access<Done> {}

    /// @param oldPassword must be right unless the caller owns the database
    record ChangePassword(String name, String oldPassword, String newPassword) implements Access<Done> {}

    /// Whoever does not exist is dropped already.
    record DropUser(String name) implements Access<Done> {}

    record ListUsers() implements Access<List<String>> {}
}
