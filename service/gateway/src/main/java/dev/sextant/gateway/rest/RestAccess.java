package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Realms;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Access;
import dev.sextant.model.Access.Right;
import dev.sextant.model.Done;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who may come in, and who may do what: `/users/…`, `/roles/…`, `/privilege_groups/…`
final class RestAccess {
    private RestAccess() {}

    static void bind(Rest rest) {
        users(rest);
        roles(rest);
        rights(rest);
        groups(rest);
    }

    /// A route that only does something. What is about users and roles takes place on the server, whatever database it
    /// speaks of.
    private static void doing(Rest rest, String path, Function<Body, Access<Done>> statement) {
        rest.on(
                path,
                Asked.USERS,
                asking -> RestRooms.server(asking).exchange().ask(statement.apply(asking.body()), _ -> Said.EMPTY));
    }

    private static void users(Rest rest) {
        rest.on("users/list", Asked.USERS, asking -> server(asking).ask(new Access.ListUsers(), Said::names))
                .on("users/describe", Asked.USERS, asking -> {
                    var user = asking.body().need("userName");
                    server(asking).ask(new Access.DescribeUsers(Optional.of(user)), users -> {
                        if (users.isEmpty()) throw new Refused(new Refusal.NotFound(Refusal.Kind.USER, user, ""));
                        return described(
                                users.getFirst().description(),
                                Said.names(users.getFirst().roles()));
                    });
                });
        doing(
                rest,
                "users/create",
                body -> new Access.CreateUser(body.need("userName"), body.need("password"), body.text("description")));
        rest.on("users/update_password", Asked.USERS, RestAccess::update);
        doing(rest, "users/drop", body -> new Access.DropUser(body.need("userName")));
        doing(rest, "users/grant_role", body -> new Access.GiveRole(body.need("userName"), body.need("roleName")));
        doing(rest, "users/revoke_role", body -> new Access.TakeRole(body.need("userName"), body.need("roleName")));
    }

    private static void update(Asking asking) {
        var body = asking.body();
        var exchange = server(asking);
        var name = body.need("userName");
        var described = new Access.DescribeUserAs(name, body.text("description"));
        if (body.text("newPassword").isEmpty() && body.has("description")) {
            exchange.ask(described, _ -> Said.EMPTY);
            return;
        }
        var changed = new Access.ChangePassword(name, body.text("password"), body.need("newPassword"));
        if (body.has("description")) exchange.then(changed, _ -> exchange.ask(described, _ -> Said.EMPTY));
        else exchange.ask(changed, _ -> Said.EMPTY);
    }

    private static void roles(Rest rest) {
        rest.on(
                        "roles/list",
                        Asked.USERS,
                        asking -> server(asking)
                                .ask(
                                        new Access.DescribeRoles(Optional.empty()),
                                        roles -> Said.names(roles.stream()
                                                .map(Access.RoleInfo::name)
                                                .toList())))
                .on("roles/describe", Asked.USERS, asking -> {
                    var role = asking.body().need("roleName");
                    var exchange = server(asking);
                    var database = asking.body().text("dbName");
                    exchange.then(
                            new Access.ListGrants(
                                    role, Optional.empty(), Optional.empty(), database.isEmpty() ? "*" : database),
                            grants -> exchange.ask(new Access.DescribeRoles(Optional.of(role)), roles -> {
                                var text =
                                        roles.isEmpty() ? "" : roles.getFirst().description();
                                return described(text, Said.data(json -> write(json, grants)));
                            }));
                });
        doing(rest, "roles/create", body -> new Access.CreateRole(body.need("roleName"), body.text("description")));
        doing(rest, "roles/alter", body -> new Access.DescribeRoleAs(body.need("roleName"), body.text("description")));
        doing(rest, "roles/drop", body -> new Access.DropRole(body.need("roleName"), body.truth("forceDrop", false)));
    }

    private static Said described(String description, Said data) {
        return json -> {
            data.write(json);
            if (!description.isEmpty()) json.writeStringField("description", description);
        };
    }

    private static void write(JsonGenerator json, List<Access.GrantInfo> grants) throws IOException {
        json.writeStartArray();
        for (var grant : grants) {
            json.writeStartObject();
            json.writeStringField("objectType", Realms.word(grant.realm()));
            json.writeStringField("objectName", grant.object());
            json.writeStringField("privilege", grant.privilege());
            json.writeStringField("dbName", grant.database());
            json.writeStringField("grantor", grant.grantor());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void rights(Rest rest) {
        doing(rest, "roles/grant_privilege", body -> new Access.Grant(body.need("roleName"), right(body)));
        doing(rest, "roles/revoke_privilege", body -> new Access.Revoke(body.need("roleName"), right(body)));
        doing(rest, "roles/grant_privilege_v2", body -> new Access.Grant(body.need("roleName"), byName(body)));
        doing(rest, "roles/revoke_privilege_v2", body -> new Access.Revoke(body.need("roleName"), byName(body)));
    }

    private static Right right(Body body) {
        return new Right(
                Optional.of(Realms.of(body.need("objectType"))),
                body.text("dbName"),
                body.need("objectName"),
                body.need("privilege"));
    }

    private static Right byName(Body body) {
        return new Right(Optional.empty(), body.text("dbName"), body.need("collectionName"), body.need("privilege"));
    }

    private static void groups(Rest rest) {
        doing(
                rest,
                "privilege_groups/create",
                body -> new Access.CreatePrivilegeGroup(body.need("privilegeGroupName")));
        doing(rest, "privilege_groups/drop", body -> new Access.DropPrivilegeGroup(body.need("privilegeGroupName")));
        doing(
                rest,
                "privilege_groups/add_privileges_to_group",
                body -> new Access.AddPrivileges(body.need("privilegeGroupName"), privileges(body)));
        doing(
                rest,
                "privilege_groups/remove_privileges_from_group",
                body -> new Access.RemovePrivileges(body.need("privilegeGroupName"), privileges(body)));
        rest.on(
                "privilege_groups/list",
                Asked.USERS,
                asking -> server(asking)
                        .ask(
                                new Access.ListPrivilegeGroups(),
                                groups -> Said.data(json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("privilegeGroups");
                                    for (var group : groups) {
                                        json.writeStartObject();
                                        json.writeStringField("privilegeGroupName", group.name());
                                        json.writeStringField("privileges", String.join(",", group.privileges()));
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                })));
    }

    private static List<String> privileges(Body body) {
        var privileges = body.texts("privileges");
        if (privileges.isEmpty()) throw Trouble.missing("Key: 'privileges' is required");
        return privileges;
    }

    private static dev.sextant.gateway.exchange.Exchange<Said> server(Asking asking) {
        return RestRooms.server(asking).exchange();
    }
}
