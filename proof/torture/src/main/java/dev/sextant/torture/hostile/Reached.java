package dev.sextant.torture.hostile;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/// Which calls were granted, and which fields and choices were part of a granted request: what never was is where the
/// siege has not been. Any thread.
final class Reached {
    private final Set<String> calls = new TreeSet<>(); // guarded by this
    private final Set<String> places = new HashSet<>(); // guarded by this

    synchronized void granted(String call, Message request) {
        calls.add(call);
        enter(request);
    }

    private void enter(Message message) {
        message.getAllFields().forEach((field, value) -> {
            places.add(name(field));
            if (value instanceof Collection<?> many) many.forEach(each -> enter(field, each));
            else enter(field, value);
        });
    }

    private void enter(FieldDescriptor field, Object value) {
        if (value instanceof Message inner) enter(inner);
        if (value instanceof EnumValueDescriptor choice) places.add(name(field) + "=" + choice.getName());
    }

    private static String name(FieldDescriptor field) {
        return field.getContainingType().getName() + "." + field.getName();
    }

    synchronized Set<String> calls() {
        return new TreeSet<>(calls);
    }

    /// The fields below these requests that no granted one had.
    synchronized Set<String> never(Collection<Descriptor> requests) {
        var never = new TreeSet<String>();
        var seen = new HashSet<Descriptor>();
        for (var request : requests) never(request, seen, never);
        return never;
    }

    private void never(Descriptor type, Set<Descriptor> seen, Set<String> never) {
        if (!seen.add(type) || type.getName().equals("MsgBase")) return;
        for (var field : type.getFields()) {
            if (!places.contains(name(field)) && !field.getName().equals("base")) never.add(name(field));
            else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                never(field.getMessageType(), seen, never);
        }
    }
}
