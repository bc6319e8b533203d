package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.gateway.port.Route.Answering;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// What a route answers: writes the members behind the code.
interface Said {
    Map<String, String> HEADERS = Map.of("content-type", "application/json; charset=utf-8");

    void write(JsonGenerator json) throws IOException;

    /// The usual answer: one value under `data`.
    static Said data(Said value) {
        return json -> {
            json.writeFieldName("data");
            value.write(json);
        };
    }

    /// Nothing but success.
    Said EMPTY = data(json -> {
        json.writeStartObject();
        json.writeEndObject();
    });

    static Said names(Iterable<String> names) {
        return data(json -> {
            json.writeStartArray();
            for (var name : names) json.writeString(name);
            json.writeEndArray();
        });
    }

    static void send(Answering answering, int code, Said said) {
        write(answering, 200, json -> {
            json.writeNumberField("code", code);
            said.write(json);
        });
    }

    static void fail(Answering answering, int status, int code, String message) {
        write(answering, status, json -> {
            json.writeNumberField("code", code);
            json.writeStringField("message", message);
        });
    }

    private static void write(Answering answering, int status, Said members) {
        var bytes = new Bytes();
        try (var json = JsonTexts.JSON.createGenerator(bytes)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        answering.send(status, HEADERS, bytes.array(), bytes.size());
    }

    /// Gives its array away instead of copying it.
    final class Bytes extends ByteArrayOutputStream {
        private Bytes() {
            super(512);
        }

        private byte[] array() {
            return buf;
        }
    }
}
