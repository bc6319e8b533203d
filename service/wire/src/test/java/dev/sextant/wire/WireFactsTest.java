package dev.sextant.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sextant.wire.milvus.CommonWire;
import dev.sextant.wire.milvus.MilvusWire;
import dev.sextant.wire.milvus.ResourceGroupWire;
import dev.sextant.wire.milvus.SchemaWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Holds what we declare against what the published Java client was generated from. The client is a release behind the
/// newest one, so ours may say more; it may not say less, and it may not say anything differently.
class WireFactsTest {
    /// The one field that we read as bytes; docs/decisions/0002-packed-floats-as-bytes.md.
    private static final String OWN_TYPE = "milvus.proto.schema.VectorField.float_vector = 2";

    @Test
    void everyFactOfThePublishedClientIsDeclaredAlike() {
        var ours = facts(List.of(
                MilvusWire.getDescriptor(),
                SchemaWire.getDescriptor(),
                CommonWire.getDescriptor(),
                ResourceGroupWire.getDescriptor()));
        var theirs = facts(List.of(
                io.milvus.grpc.MilvusProto.getDescriptor(),
                io.milvus.grpc.SchemaProto.getDescriptor(),
                io.milvus.grpc.CommonProto.getDescriptor(),
                io.milvus.grpc.ResourceGroupProto.getDescriptor()));
        var missing = new ArrayList<String>();
        theirs.forEach((fact, meaning) -> {
            if (!meaning.equals(ours.get(fact)) && !fact.equals(OWN_TYPE)) {
                missing.add(fact + ": theirs " + meaning + ", ours " + ours.get(fact));
            }
        });
        assertThat(missing).isEmpty();
        assertThat(theirs).as("facts read from the client").hasSizeGreaterThan(1500);
        assertThat(ours).containsEntry(OWN_TYPE, "float_vector milvus.proto.schema.PackedFloats in data");
    }

    @Test
    void everyCallOfMilvusServiceIsDeclared() {
        var service = MilvusWire.getDescriptor().findServiceByName("MilvusService");
        assertThat(service.getFullName()).isEqualTo("milvus.proto.milvus.MilvusService");
        assertThat(service.getMethods()).hasSize(144);
    }

    private static Map<String, String> facts(List<FileDescriptor> files) {
        var facts = new TreeMap<String, String>();
        for (var file : files) {
            file.getMessageTypes().forEach(message -> addMessage(facts, message));
            file.getEnumTypes().forEach(choice -> addEnum(facts, choice));
            file.getServices().stream()
                    .flatMap(service -> service.getMethods().stream())
                    .forEach(method -> facts.put("rpc " + method.getFullName(), call(method)));
        }
        return facts;
    }

    private static void addMessage(Map<String, String> facts, Descriptor message) {
        facts.put("message " + message.getFullName(), "");
        message.getFields().forEach(field -> facts.put(field.getFullName() + " = " + field.getNumber(), field(field)));
        message.getNestedTypes().forEach(inner -> addMessage(facts, inner));
        message.getEnumTypes().forEach(choice -> addEnum(facts, choice));
    }

    private static void addEnum(Map<String, String> facts, EnumDescriptor choice) {
        choice.getValues()
                .forEach(value -> facts.put(choice.getFullName() + " = " + value.getNumber(), value.getName()));
    }

    private static String field(FieldDescriptor field) {
        GenericDescriptor type = switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType();
            case ENUM -> field.getEnumType();
            default -> null;
        };
        var name = type == null ? field.getType().name().toLowerCase(Locale.ROOT) : type.getFullName();
        var choice = field.getRealContainingOneof();
        return field.getName()
                + (field.isRepeated() ? " repeated " : " ")
                + (field.isPacked() ? "packed " : "")
                + name
                + (choice == null ? "" : " in " + choice.getName());
    }

    private static String call(MethodDescriptor method) {
        return (method.isClientStreaming() ? "stream " : "")
                + method.getInputType().getFullName()
                + (method.isServerStreaming() ? " → stream " : " → ")
                + method.getOutputType().getFullName();
    }
}
