package dev.sextant.cli;

import dev.sextant.server.Server;
import dev.sextant.server.Setting;
import dev.sextant.server.Settings;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// `sextant serve`: its flags are the settings, drawn from their one table.
final class ServeCommand {
    private ServeCommand() {}

    static CommandLine commandLine(Map<String, String> environment) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        Callable<Integer> serve = () -> {
            Server.run(Settings.read(flags, environment), environment);
            return 0;
        };
        var spec = CommandSpec.wrapWithoutInspection(serve).name("serve");
        spec.usageMessage()
                .description("Starts a server, and runs until it is asked to end.")
                .footer(
                        "",
                        "Each setting can also stand in the environment, --port as SEXTANT_PORT, or in the YAML file that --config names.")
                .sortOptions(false);
        for (var setting : Setting.values()) spec.addOption(option(setting, flags));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("this page")
                .build());
        return new CommandLine(spec);
    }

    private static OptionSpec option(Setting setting, Map<Setting, String> flags) {
        var usual = setting.usual.isEmpty() ? "" : " (" + setting.usual + ")";
        var option = OptionSpec.builder("--" + setting.key)
                .type(String.class)
                .paramLabel(setting.placeholder)
                .description(setting.meaning + usual)
                .setter(new CommandLine.Model.ISetter() {
                    @Override
                    @SuppressWarnings("unchecked")
                    public <T> T set(T value) {
                        if (value != null) flags.put(setting, (String) value);
                        return value;
                    }
                })
                .getter(new CommandLine.Model.IGetter() {
                    @Override
                    @SuppressWarnings("unchecked")
                    public <T> T get() {
                        return (T) flags.get(setting);
                    }
                });
        return (setting.isSwitch() ? option.arity("0..1").fallbackValue("true") : option.arity("1")).build();
    }
}
