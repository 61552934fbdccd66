using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Values;
using static WsBalancer.LoadTest.Commands.OptionValues;

namespace WsBalancer.LoadTest.Commands;

/// <summary>The options of <c>wsload compare</c>.</summary>
internal sealed class CompareOptions
{
    private const int MaxRounds = 1_000;
    private const int MaxHandshakes = 10_000_000;

    private static readonly string ExpectedSize =
        $"a size from {PreframedMessage.SmallestPayload} to {PreframedMessage.LargestPayload}, such as 64 or 1KiB";

    private readonly Option<ComparedTarget[]> _targets = new("--target")
    {
        Description = "Who is compared, ws:// and the same echo server behind each; repeat for more. The ratios are to "
            + "the first. PID is the process whose CPU and memory are read, with its children.",
        HelpName = "NAME=URL[,PID]",
        Required = true,
        CustomParser = ParseTargets,
    };

    private readonly Option<int> _rounds =
        Count("--rounds", 3, MaxRounds, "How often each is measured, in turn; medians are reported.");

    private readonly Option<int> _connections =
        Count("--connections", 100, EchoLedger.MaxConnections, "Connections that exchange messages, one at a time.");

    private readonly Option<int> _size = new("--size")
    {
        Description = "Bytes in a message.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => 64,
        CustomParser = ParseSize,
    };

    private readonly Option<TimeSpan> _duration = Time("--duration", 5, "How long they do.");

    private readonly Option<int> _handshakes =
        Count("--handshakes", 2_000, MaxHandshakes, "Connections to open and close.");

    private readonly Option<int> _tunnels =
        Count("--tunnels", 2_000, EchoLedger.MaxConnections, "Idle connections whose memory is measured.");

    private readonly Option<TimeSpan> _warmUp =
        Time("--warm-up", 2, "Messages before the first round, so that programs are compiled and pools filled.");

    private readonly Option<FileInfo> _json = Json();

    private readonly Option<bool> _quiet = Quiet();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [
                _targets, _rounds, _connections, _size, _duration, _handshakes, _tunnels, _warmUp, _json, _quiet,
            ])
        {
            command.Options.Add(option);
        }
    }

    public CompareRequest Read(ParseResult parsed) => new(
        new CompareSettings(parsed.GetRequiredValue(_targets))
        {
            Rounds = parsed.GetValue(_rounds),
            Connections = parsed.GetValue(_connections),
            MessageSize = parsed.GetValue(_size),
            Duration = parsed.GetValue(_duration),
            Handshakes = parsed.GetValue(_handshakes),
            Tunnels = parsed.GetValue(_tunnels),
            WarmUp = parsed.GetValue(_warmUp),
        },
        parsed.GetValue(_json),
        parsed.GetValue(_quiet));

    private static ComparedTarget[] ParseTargets(ArgumentResult result)
    {
        var targets = new List<ComparedTarget>();
        foreach (var token in result.Tokens)
        {
            if (ComparedTarget.Parse(token.Value) is not { } target)
            {
                result.AddError($"--target: '{token.Value}' is not valid: expected {ComparedTarget.Expected}.");
            }
            else if (targets.Exists(other => other.Name == target.Name))
            {
                result.AddError($"--target: '{target.Name}' is there twice.");
            }
            else
            {
                targets.Add(target);
            }
        }

        return [.. targets];
    }

    private static int ParseSize(ArgumentResult result) =>
        ByteSize.TryParse(Text(result), out var size)
        && size is >= PreframedMessage.SmallestPayload and <= PreframedMessage.LargestPayload
            ? size
            : Refuse<int>(result, ExpectedSize);
}

/// <summary>A comparison as requested on the command line, and the output options for its result.</summary>
internal sealed record CompareRequest(CompareSettings Settings, FileInfo? Json, bool IsQuiet);
