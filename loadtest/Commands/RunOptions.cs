using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Report;
using WsBalancer.LoadTest.Values;
using static WsBalancer.LoadTest.Commands.OptionValues;

namespace WsBalancer.LoadTest.Commands;

/// <summary>The options of <c>wsload run</c>: their parsing, validation and help texts.</summary>
internal sealed class RunOptions
{
    private readonly Option<Uri> _to = new("--to")
    {
        Description = "The address to connect to, ws:// or wss://.",
        HelpName = "URL",
        Required = true,
        CustomParser = ParseAddress,
    };

    private readonly Option<int> _connections =
        Count("--connections", 100, EchoLedger.MaxConnections, "How many connections to open and hold.");

    private readonly Option<Rate> _rate = new("--rate")
    {
        Description = "How fast to open them: 100/s, 6000/m or a number a second.",
        HelpName = "RATE",
        DefaultValueFactory = _ => new Rate(100),
        CustomParser = ParseRate,
    };

    private readonly Option<TimeSpan> _hold =
        Time("--hold", 30, "How long to hold them, and send, once all are tried.");

    private readonly Option<Rate> _messageRate = new("--message-rate")
    {
        Description = "Messages a second over all connections together. Without it they are held idle.",
        HelpName = "RATE",
        CustomParser = ParseRate,
    };

    private readonly Option<int> _size = new("--size")
    {
        Description = $"Bytes in a message: at least {Payload.SmallestText}, with --binary {Payload.SmallestBinary}.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => 64,
    };

    private readonly Option<bool> _binary = new("--binary") { Description = "Send binary messages instead of text." };

    private readonly Option<string> _userPrefix = new("--user-prefix")
    {
        Description = "Connection n is user PREFIXn: ?user=PREFIXn is appended to the address.",
        HelpName = "PREFIX",
        DefaultValueFactory = _ => "u",
    };

    private readonly Option<bool> _noUser = new("--no-user") { Description = "Leave the address as it is." };

    private readonly Option<TimeSpan> _connectTimeout =
        Time("--connect-timeout", 10, "How long one handshake may take, from TCP to upgrade.");

    private readonly Option<TimeSpan> _grace = Time("--grace", 5, "How long to wait for missing echoes at the end.");

    private readonly Option<Threshold[]> _thresholds = new("--threshold")
    {
        Description = "What must hold, such as 'connect.p99<500ms'; if not, the exit code is 99. Repeatable.",
        HelpName = "RULE",
        DefaultValueFactory = _ => [],
        CustomParser = ParseThresholds,
    };

    private readonly Option<FileInfo> _json = Json();

    private readonly Option<bool> _quiet = Quiet();

    public void AddTo(Command command)
    {
        _size.CustomParser = ParseSize;
        foreach (var option in (Option[])
            [
                _to, _connections, _rate, _hold, _messageRate, _size, _binary, _userPrefix, _noUser, _connectTimeout,
                _grace, _thresholds, _json, _quiet,
            ])
        {
            command.Options.Add(option);
        }
    }

    public RunRequest Read(ParseResult parsed) => new(
        new RunSettings(
            new Target(
                parsed.GetRequiredValue(_to), parsed.GetValue(_noUser) ? null : parsed.GetRequiredValue(_userPrefix)),
            parsed.GetValue(_connections),
            parsed.GetValue(_rate),
            parsed.GetValue(_hold))
        {
            MessageRate = parsed.GetResult(_messageRate) is null ? null : parsed.GetValue(_messageRate),
            MessageSize = parsed.GetValue(_size),
            IsBinary = parsed.GetValue(_binary),
            ConnectTimeout = parsed.GetValue(_connectTimeout),
            Grace = parsed.GetValue(_grace),
        },
        parsed.GetRequiredValue(_thresholds),
        parsed.GetValue(_json),
        parsed.GetValue(_quiet));

    private static Uri? ParseAddress(ArgumentResult result) =>
        WrittenUrl.TryParse(Text(result), out var url, "ws", "wss")
            ? url
            : Refuse<Uri>(result, "an address such as ws://127.0.0.1:8080/ws");

    private static Rate ParseRate(ArgumentResult result) =>
        Rate.TryParse(Text(result), out var rate) ? rate : Refuse<Rate>(result, Rate.Expected);

    private int ParseSize(ArgumentResult result)
    {
        var isBinary = result.GetResult(_binary) is { Implicit: false } && result.GetValue(_binary);
        var smallest = isBinary ? Payload.SmallestBinary : Payload.SmallestText;
        return ByteSize.TryParse(Text(result), out var bytes) && bytes >= smallest
            ? bytes
            : Refuse<int>(result, $"at least {smallest} ({(isBinary ? "binary" : "text")}), {ByteSize.Expected}");
    }

    private static Threshold[] ParseThresholds(ArgumentResult result)
    {
        var thresholds = new List<Threshold>();
        foreach (var token in result.Tokens)
        {
            if (ThresholdParser.Parse(token.Value, out var error) is { } threshold)
            {
                thresholds.Add(threshold);
            }
            else
            {
                result.AddError("--threshold: " + error);
            }
        }

        return [.. thresholds];
    }
}

/// <summary>A run as requested on the command line, and the output options for its result.</summary>
internal sealed record RunRequest(
    RunSettings Settings, IReadOnlyList<Threshold> Thresholds, FileInfo? Json, bool IsQuiet);
