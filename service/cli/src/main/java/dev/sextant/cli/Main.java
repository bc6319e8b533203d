package dev.sextant.cli;

import dev.sextant.cli.bench.BenchCommand;
import dev.sextant.server.Kin;
import dev.sextant.server.Server;
import dev.sextant.server.WrongSetting;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// `sextant …`: one program for serving and looking after a database. Exit codes: 0 done, 1 it failed, 2 it was asked
/// wrongly.
public final class Main {
    static final int FAILED = 1;
    static final int ASKED_WRONGLY = 2;

    private Main() {}

    public static void main(String[] arguments) {
        // Netty and protobuf reach for memory in ways that newer Java announces; the launcher allows it.
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        var spec = CommandSpec.create().name("sextant").mixinStandardHelpOptions(false);
        spec.usageMessage()
                .description("Sextant, a vector database: speaks Milvus on one port and keeps what it acknowledges.")
                .footer(
                        "",
                        "sextant serve                 starts a server on 127.0.0.1:19530, data in ./data",
                        "sextant help serve            all its settings");
        spec.version("sextant " + Server.version());
        spec.addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("this page")
                .build());
        spec.addOption(CommandLine.Model.OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("the version")
                .build());
        var line = new CommandLine(spec);
        line.addSubcommand("serve", ServeCommand.commandLine(environment));
        line.addSubcommand("info", new CommandLine(new InfoCommand()));
        line.addSubcommand("check", new CommandLine(new CheckCommand()));
        line.addSubcommand("bench", new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true));
        line.addSubcommand("version", new CommandLine(new VersionCommand()));
        line.addSubcommand("help", new CommandLine(new CommandLine.HelpCommand()));
        line.setExecutionStrategy(parsed -> {
            var help = CommandLine.executeHelpRequest(parsed);
            if (help != null) return help;
            if (!parsed.hasSubcommand()) {
                parsed.commandSpec().commandLine().usage(System.out);
                return 0;
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler((wrong, _) -> {
            var command = wrong.getCommandLine();
            command.getErr().println("sextant: " + askedWrongly(wrong));
            command.getErr().println("see: sextant help" + (command == line ? "" : " " + command.getCommandName()));
            return ASKED_WRONGLY;
        });
        line.setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("sextant: " + sentence(failure));
            return failure instanceof WrongSetting ? ASKED_WRONGLY : FAILED;
        });
        return line;
    }

    /// What was asked wrongly, with the nearest option or command where one was not known.
    private static String askedWrongly(CommandLine.ParameterException wrong) {
        if (!(wrong instanceof CommandLine.UnmatchedArgumentException unknown)) return wrong.getMessage();
        var said = unknown.getUnmatched().getFirst();
        var spec = wrong.getCommandLine().getCommandSpec();
        if (said.startsWith("-"))
            return "unknown option " + said + Kin.hint(said, spec.optionsMap().keySet());
        var commands = spec.subcommands().keySet();
        return commands.isEmpty()
                ? spec.name() + " takes no '" + said + "'"
                : "unknown command " + said + Kin.hint(said, commands);
    }

    /// What went wrong, for whoever typed: a fault of ours shows where.
    private static String sentence(Throwable failure) {
        return switch (failure) {
            case WrongSetting wrong -> wrong.getMessage();
            case dev.sextant.world.DiskFailure disk -> disk.getMessage();
            case dev.sextant.model.Refused refused -> refused.getMessage();
            case java.io.UncheckedIOException unreadable -> unreadable.getMessage();
            case IllegalArgumentException unusable -> unusable.getMessage();
            default -> {
                var trace = new java.io.StringWriter();
                failure.printStackTrace(new java.io.PrintWriter(trace));
                yield "this should not have happened: " + trace;
            }
        };
    }
}
