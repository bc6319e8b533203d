package dev.sextant.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Search parameters to go through, as they are written: `ef=20,40,80`. Several keys go side by side, parted by
/// semicolons: `nprobe=8,16,32;refine_k=2,2,4` has three settings, and a single value is repeated: `nprobe=8,16;ef=64`
/// has two. There is no product of all with all. `default` is one setting without parameters.
public final class Settings {
    private Settings() {}

    /// The settings of several sweeps, one after the other.
    public static List<Map<String, String>> parse(List<String> sweeps) {
        return sweeps.stream().flatMap(sweep -> parse(sweep).stream()).toList();
    }

    public static List<Map<String, String>> parse(String sweep) {
        if (sweep.strip().equals("default")) return List.of(Map.of());
        var values = new LinkedHashMap<String, String[]>();
        int longest = 1;
        for (var part : sweep.split(";", -1)) {
            int equals = part.indexOf('=');
            var key = equals < 1 ? "" : part.substring(0, equals).strip();
            var list = part.substring(equals + 1).strip();
            if (key.isEmpty() || list.isEmpty() || list.matches(".*(^|,)\\s*(,|$).*"))
                throw new IllegalArgumentException(
                        "--sweep takes name=value,value (several with ;) or default, came '" + sweep + "'");
            if (values.put(key, list.split(",")) != null)
                throw new IllegalArgumentException(
                        "--sweep names " + key + " twice; several sweeps are several --sweep");
            longest = Math.max(longest, list.split(",").length);
        }
        return sideBySide(values, longest);
    }

    private static List<Map<String, String>> sideBySide(Map<String, String[]> values, int count) {
        var settings = new ArrayList<Map<String, String>>();
        for (int i = 0; i < count; i++) {
            var setting = new LinkedHashMap<String, String>();
            for (var entry : values.entrySet()) {
                int own = entry.getValue().length;
                if (own > 1 && own < count)
                    throw new IllegalArgumentException("--sweep: " + entry.getKey() + " has " + own
                            + " values, others have " + count
                            + "; keys go side by side, so they have equally many values or one");
                setting.put(entry.getKey(), entry.getValue()[own == 1 ? 0 : i].strip());
            }
            settings.add(setting);
        }
        return settings;
    }

    public static String text(Map<String, String> setting) {
        if (setting.isEmpty()) return "default";
        return setting.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(java.util.stream.Collectors.joining(" "));
    }
}
