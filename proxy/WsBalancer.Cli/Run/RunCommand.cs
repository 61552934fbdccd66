using System.CommandLine;
using Microsoft.Extensions.Logging;
using WsBalancer.Cli.Output;
using WsBalancer.HashRing;

namespace WsBalancer.Cli.Run;

/// <summary><c>wsbalancer run</c>: runs the balancer, from a file or from the command line alone.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = new Option<FileInfo?>("--config", "-f")
        {
            Description = "The configuration file, as config/wsbalancer.json. It is read again when it changes. "
                + $"[default: {ConfigurationFile.Standard}, without --node]",
            HelpName = "FILE",
        };
        var nodes = new Option<string[]>("--node")
        {
            Description = "A node, ID=URL or ID=URL@WEIGHT; repeat for more. Instead of a file.",
            HelpName = "ID=URL[@WEIGHT]",
            AllowMultipleArgumentsPerToken = true,
        };
        var userKey = new Option<string[]>("--user-key")
        {
            Description = "Where the user id is: query:NAME, header:NAME, cookie:NAME, path:N or client-ip.",
            HelpName = "SOURCE",
            DefaultValueFactory = _ => ["query:user"],
        };
        var ring = new Option<string>("--ring")
        {
            Description = "How users are placed: " + string.Join(", ", RingAlgorithm.All.Select(known => known.Name)),
            HelpName = "ALGORITHM",
            DefaultValueFactory = _ => RingAlgorithm.Default.Name,
        };
        var listen = new Option<string>("--listen")
        {
            Description = "Where users connect.",
            HelpName = "URL",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var admin = new Option<string>("--admin")
        {
            Description = "Where the admin API listens.",
            HelpName = "URL",
            DefaultValueFactory = _ => "http://127.0.0.1:9900",
        };
        var state = new Option<FileInfo?>("--state")
        {
            Description = "The file that stores changes made at run time. Without it, they are lost at the exit.",
            HelpName = "PATH",
        };
        var level = new Option<string?>("--log-level")
        {
            Description = "The least level of the balancer's own log: Trace, Debug, Information, Warning, Error, "
                + "Critical or None. Over that of the file.",
            HelpName = "LEVEL",
        };
        level.AcceptOnlyFromAmong(Enum.GetNames<LogLevel>());
        var check = new Option<bool>("--check")
        {
            Description = "Only check the file, as 'wsbalancer check' does.",
        };
        var command = new Command("run", "Run the balancer, from a file or from --node alone")
        {
            config,
            check,
            level,
            nodes,
            userKey,
            ring,
            listen,
            admin,
            state,
        };
        command.Validators.Add(result =>
        {
            var file = result.GetValue(config);
            var hasNodes = result.GetValue(nodes) is { Length: > 0 };
            if (file is not null && hasNodes)
            {
                result.AddError("--config and --node exclude each other: the file names the nodes, or --node does.");
            }
            else if (file is null && !hasNodes && !File.Exists(ConfigurationFile.Standard))
            {
                result.AddError(
                    "'wsbalancer run' needs --config FILE, or at least one --node ID=URL: there is no "
                    + $"{ConfigurationFile.Standard}.");
            }
            else if (hasNodes && result.GetResult(check) is not null)
            {
                result.AddError("--check checks a file, and requires --config.");
            }
            else if (!hasNodes
                && Array.Exists<Option>([userKey, ring, listen, admin, state], option => IsGiven(result, option)))
            {
                result.AddError(
                    "--user-key, --ring, --listen, --admin and --state require --node; "
                    + "with --config they are in the file.");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var errors = new VisibleWriter(error);
            var file = parsed.GetValue(config)?.FullName ?? ConfigurationFile.Standard;
            if (parsed.GetValue(check))
            {
                return CheckCommand.CheckAsync(file, json: false, output, errors);
            }

            var source = parsed.GetValue(nodes) is not { Length: > 0 } drops
                ? new RunSource(file)
                : new RunSource(null, DropInSettings.From(
                    drops,
                    parsed.GetRequiredValue(userKey),
                    parsed.GetRequiredValue(ring),
                    parsed.GetRequiredValue(listen),
                    parsed.GetRequiredValue(admin),
                    parsed.GetValue(state)));
            return BalancerProcess.RunAsync(
                source with { LogLevel = parsed.GetValue(level) }, output, errors, cancellation);
        });
        return command;
    }

    private static bool IsGiven(System.CommandLine.Parsing.SymbolResult result, Option option) =>
        result.GetResult(option) is { Implicit: false };
}
