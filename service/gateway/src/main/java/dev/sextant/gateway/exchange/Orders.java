package dev.sextant.gateway.exchange;

import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Orders as clients write them: `price:desc:nulls_last, name`. What stands in quotes is part of a name.
public final class Orders {
    private Orders() {}

    /// @param expected what the refusal of another direction says
    public static List<Read.Order> of(String written, String expected) {
        return of(parts(written, ','), expected);
    }

    /// @param each one order
    public static List<Read.Order> of(List<String> each, String expected) {
        return each.stream()
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .map(one -> order(one, expected))
                .toList();
    }

    private static Read.Order order(String written, String expected) {
        var parts = parts(written, ':').stream().map(String::strip).toList();
        var name = parts.getFirst();
        if (name.isEmpty() || parts.size() > 3)
            throw wrong("invalid order_by field '" + written + "', expected field[:asc|desc[:nulls_first|nulls_last]]");
        boolean descending = parts.size() > 1 && isDescending(parts.get(1), name, expected);
        if (parts.size() < 3) return descending ? Read.Order.descending(name) : Read.Order.ascending(name);
        return switch (parts.get(2).toLowerCase(Locale.ROOT)) {
            case "nulls_first" -> new Read.Order(name, descending, true);
            case "nulls_last" -> new Read.Order(name, descending, false);
            default ->
                throw wrong("invalid null order '" + parts.get(2) + "' for field '" + name
                        + "', expected 'nulls_first' or 'nulls_last'");
        };
    }

    private static boolean isDescending(String direction, String name, String expected) {
        return switch (direction.toLowerCase(Locale.ROOT)) {
            case "asc", "" -> false;
            case "desc" -> true;
            default ->
                throw wrong("invalid order direction '" + direction + "' for field '" + name + "', " + expected
                        + " 'asc'" + " or 'desc'");
        };
    }

    /// The pieces between separators that stand outside of quotes and brackets.
    static List<String> parts(String text, char separator) {
        var parts = new ArrayList<String>();
        char quote = 0;
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') quote = c;
            else if (c == '[') depth++;
            else if (c == ']') depth--;
            else if (c == separator && depth <= 0) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /// Names between commas.
    public static List<String> names(String written) {
        return parts(written, ',').stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("order_by_fields", detail));
    }
}
