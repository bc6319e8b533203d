package dev.sextant.engine.entry;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.ResourceGroup;
import dev.sextant.catalog.ResourceGroups;
import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Role;
import dev.sextant.model.Access.Realm;
import dev.sextant.model.Operate.GroupConfig;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may do what, and who is served by which nodes, as bytes: beside [CatalogCodec], behind whose catalog a
/// checkpoint keeps them.
public final class RightsCodec {
    /// Kinds of changes from here on are this codec's.
    static final int FIRST_KIND = 40;

    private RightsCodec() {}

    public static void rights(Out out, Rights rights) {
        out.each(rights.roles().values(), RightsCodec::role);
        members(out, rights.held());
        members(out, rights.groups());
    }

    public static Rights rights(In in) {
        var roles = new TreeMap<String, Role>();
        in.each(RightsCodec::role).forEach(role -> roles.put(role.name(), role));
        return new Rights(roles, members(in), members(in));
    }

    public static void groups(Out out, ResourceGroups groups) {
        out.each(groups.all().values(), RightsCodec::group);
        out.each(groups.placed().entrySet(), (o, e) -> o.i64(e.getKey()).text(e.getValue()));
    }

    public static ResourceGroups groups(In in) {
        var all = new TreeMap<String, ResourceGroup>();
        in.each(RightsCodec::group).forEach(group -> all.put(group.name(), group));
        var placed = new TreeMap<Long, String>();
        in.each(i -> placed.put(i.i64(), i.text()));
        return new ResourceGroups(all, placed);
    }

    static Change change(int kind, In in) {
        return switch (kind) {
            case 40 -> new Change.PutRole(role(in));
            case 41 -> new Change.DropRole(in.text());
            case 42 -> new Change.SetRoles(in.text(), set(in));
            case 43 -> new Change.PutPrivilegeGroup(in.text(), set(in));
            case 44 -> new Change.DropPrivilegeGroup(in.text());
            case 45 -> new Change.PutResourceGroup(group(in));
            case 46 -> new Change.DropResourceGroup(in.text());
            case 47 -> new Change.Place(in.i64(), in.text());
            default -> throw in.corrupt("a kind of change", kind);
        };
    }

    static void role(Out out, Role role) {
        out.text(role.name()).text(role.description()).i64(role.created()).each(role.grants(), RightsCodec::grant);
    }

    private static Role role(In in) {
        return new Role(in.text(), in.text(), in.i64(), new LinkedHashSet<>(in.each(RightsCodec::grant)));
    }

    private static void grant(Out out, Role.Grant grant) {
        out.text(grant.realm().name())
                .text(grant.database())
                .text(grant.object())
                .text(grant.privilege())
                .flag(grant.byRealm())
                .text(grant.grantor());
    }

    private static Role.Grant grant(In in) {
        return new Role.Grant(
                CatalogCodec.named(Realm.class, in), in.text(), in.text(), in.text(), in.flag(), in.text());
    }

    static void set(Out out, Set<String> texts) {
        out.each(new TreeSet<>(texts), Out::text);
    }

    private static Set<String> set(In in) {
        return new TreeSet<>(in.each(In::text));
    }

    private static void members(Out out, Map<String, Set<String>> members) {
        out.each(members.entrySet(), (o, e) -> set(o.text(e.getKey()), e.getValue()));
    }

    private static Map<String, Set<String>> members(In in) {
        var members = new TreeMap<String, Set<String>>();
        in.each(i -> members.put(i.text(), set(i)));
        return members;
    }

    static void group(Out out, ResourceGroup group) {
        var config = group.config();
        out.text(group.name())
                .i64(group.created())
                .i32(config.requests())
                .i32(config.limits())
                .each(config.transferFrom(), Out::text)
                .each(config.transferTo(), Out::text)
                .texts(config.nodeLabels());
    }

    private static ResourceGroup group(In in) {
        var name = in.text();
        long created = in.i64();
        return new ResourceGroup(
                name, new GroupConfig(in.i32(), in.i32(), in.each(In::text), in.each(In::text), in.texts()), created);
    }
}
