package dev.sextant.torture.hostile;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.PlaceholderGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes requests out of descriptors, and damages those that were right: a field at a time, or by the byte.
final class Spoiler {
    private static final int MOST_DEPTH = 5;

    private final SplittableRandom random;
    private final Words words;

    Spoiler(SplittableRandom random, Words words) {
        this.random = random;
        this.words = words;
    }

    /// A request in which about every second field is set to something that its name asks for.
    Message made(Message empty) {
        return made(empty, 0);
    }

    private Message made(Message empty, int depth) {
        var builder = empty.newBuilderForType();
        for (var field : empty.getDescriptorForType().getFields()) {
            if (isForeign(field) || words.oneIn(depth == 0 ? 3 : 2)) continue;
            if (field.isMapField()) continue;
            if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--)
                    builder.addRepeatedField(field, value(field, builder, depth));
            } else builder.setField(field, value(field, builder, depth));
        }
        return builder.build();
    }

    /// The base of each message says nothing to anybody: time better spent elsewhere.
    private static boolean isForeign(FieldDescriptor field) {
        return field.getName().equals("base");
    }

    private Object value(FieldDescriptor field, Message.Builder owner, int depth) {
        return switch (field.getJavaType()) {
            case INT -> words.oneIn(2) ? random.nextInt(4) : (int) words.number();
            case LONG -> words.oneIn(2) ? random.nextInt(20) : words.number();
            case FLOAT -> (float) words.real();
            case DOUBLE -> words.real();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> words.text(field.getName());
            case BYTE_STRING -> bytes(field);
            case ENUM -> {
                var values = field.getEnumType().getValues();
                yield values.get(random.nextInt(values.size()));
            }
            case MESSAGE -> {
                var inner = owner.newBuilderForField(field);
                yield depth >= MOST_DEPTH ? inner.build() : parameter(made(inner.build(), depth + 1));
            }
        };
    }

    /// A pair gets a value that belongs to some key.
    private Message parameter(Message message) {
        if (!message.getDescriptorForType().getName().equals("KeyValuePair")) return message;
        var pair = words.parameter();
        return Parts.pair(pair.getKey(), pair.getValue());
    }

    /// Bytes are often messages in disguise.
    private ByteString bytes(FieldDescriptor field) {
        var owner = field.getContainingType().getName();
        Message inside = switch (field.getName()) {
            case "schema" ->
                owner.equals("AddCollectionFieldRequest")
                        ? FieldSchema.getDefaultInstance()
                        : CollectionSchema.getDefaultInstance();
            case "placeholder_group" -> PlaceholderGroup.getDefaultInstance();
            default -> null;
        };
        if (inside == null || words.oneIn(5)) return ByteString.copyFrom(words.noise(40));
        return made(inside, 1).toByteString();
    }

    /// The same request with some values replaced, repeated, left out or added.
    Message spoilt(Message request) {
        var spoilt = request;
        for (int i = random.nextInt(4); i >= 0; i--) spoilt = spoiltOnce(spoilt);
        return spoilt;
    }

    private Message spoiltOnce(Message message) {
        var set = new ArrayList<>(message.getAllFields().keySet());
        set.removeIf(Spoiler::isForeign);
        if (set.isEmpty() || words.oneIn(10)) return withMore(message);
        var field = set.get(random.nextInt(set.size()));
        var builder = message.toBuilder();
        if (field.isRepeated()) spoilRepeated(builder, message, field);
        else if (words.oneIn(10)) builder.clearField(field);
        else builder.setField(field, spoilt(field, message.getField(field), builder));
        return builder.build();
    }

    private void spoilRepeated(Message.Builder builder, Message message, FieldDescriptor field) {
        int count = message.getRepeatedFieldCount(field);
        int at = random.nextInt(count);
        var old = message.getRepeatedField(field, at);
        switch (random.nextInt(10)) {
            case 0 -> builder.clearField(field);
            case 1 -> builder.addRepeatedField(field, old);
            case 2 -> {
                if (field.isMapField()) return;
                for (int i = 1 << random.nextInt(old instanceof Message ? 8 : 15); i > 0; i--)
                    builder.addRepeatedField(field, old);
            }
            case 3 -> {
                var rest = new ArrayList<>((List<?>) message.getField(field));
                rest.remove(at);
                builder.setField(field, rest);
            }
            default -> {
                if (!field.isMapField()) builder.setRepeatedField(field, at, spoilt(field, old, builder));
            }
        }
    }

    private Object spoilt(FieldDescriptor field, Object old, Message.Builder owner) {
        return switch (old) {
            case Message inner
            when inner.getDescriptorForType().getName().equals("KeyValuePair") && words.oneIn(2) -> parameter(inner);
            case Message inner -> spoiltOnce(inner);
            case ByteString bytes -> spoiltBytes(field, bytes);
            case String text
            when words.oneIn(4) -> text.isEmpty() ? "x" : text.repeat(1 + random.nextInt(3000 / text.length() + 1));
            default -> value(field, owner, 0);
        };
    }

    private ByteString spoiltBytes(FieldDescriptor field, ByteString bytes) {
        Message inside = switch (field.getName()) {
            case "schema" -> CollectionSchema.getDefaultInstance();
            case "placeholder_group" -> PlaceholderGroup.getDefaultInstance();
            default -> null;
        };
        if (inside != null && !words.oneIn(6)) {
            try {
                return spoilt(inside.getParserForType().parseFrom(bytes)).toByteString();
            } catch (InvalidProtocolBufferException damagedBefore) {
                return ByteString.copyFrom(damaged(bytes.toByteArray()));
            }
        }
        if (words.oneIn(6)) return bytes.concat(bytes);
        if (words.oneIn(6)) return ByteString.copyFromUtf8(words.json(5));
        return ByteString.copyFrom(damaged(bytes.toByteArray()));
    }

    /// Something set that was not: often the other arm of a choice, sometimes a field of a protocol to come.
    private Message withMore(Message message) {
        var builder = message.toBuilder();
        var fields = message.getDescriptorForType().getFields();
        if (fields.isEmpty() || words.oneIn(8))
            return builder.setUnknownFields(UnknownFieldSet.newBuilder()
                            .addField(
                                    1 + random.nextInt(2000),
                                    UnknownFieldSet.Field.newBuilder()
                                            .addVarint(words.number())
                                            .addLengthDelimited(ByteString.copyFrom(words.noise(20)))
                                            .build())
                            .build())
                    .build();
        var field = fields.get(random.nextInt(fields.size()));
        if (isForeign(field) || field.isMapField()) return message;
        if (field.isRepeated()) builder.addRepeatedField(field, value(field, builder, 1));
        else builder.setField(field, value(field, builder, 1));
        return builder.build();
    }

    /// Bytes changed, cut, put in, moved.
    byte[] damaged(byte[] bytes) {
        var changed = bytes;
        for (int i = random.nextInt(3); i >= 0; i--) changed = damagedOnce(changed);
        return changed;
    }

    private byte[] damagedOnce(byte[] bytes) {
        if (bytes.length == 0) return words.noise(20);
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> {
                var changed = bytes.clone();
                changed[at] = (byte) random.nextInt();
                return changed;
            }
            case 1 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 2 -> {
                var changed = bytes.clone();
                changed[at] ^= (byte) (1 << random.nextInt(8));
                return changed;
            }
            case 3 -> {
                var more = words.noise(12);
                var changed = Arrays.copyOf(bytes, bytes.length + more.length);
                System.arraycopy(bytes, at, changed, at + more.length, bytes.length - at);
                System.arraycopy(more, 0, changed, at, more.length);
                return changed;
            }
            default -> {
                int length = random.nextInt(bytes.length - at) + 1;
                var changed = new byte[bytes.length + length];
                System.arraycopy(bytes, 0, changed, 0, at + length);
                System.arraycopy(bytes, at, changed, at + length, bytes.length - at);
                return changed;
            }
        }
    }

    /// A message in a message in a message, as deep as the types allow themselves to be nested.
    byte[] nested(Descriptor type) {
        var own = type.getFields().stream()
                .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !isForeign(field))
                .toList();
        if (own.isEmpty()) return words.noise(100);
        var field = own.get(random.nextInt(own.size()));
        var inside = ByteString.EMPTY;
        // Groups within groups: the reader has to follow even what it does not know.
        for (int i = 1 << random.nextInt(11); i > 0; i--)
            inside = UnknownFieldSet.newBuilder()
                    .addField(
                            field.getNumber(),
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(inside)
                                    .build())
                    .build()
                    .toByteString();
        return inside.toByteArray();
    }
}
