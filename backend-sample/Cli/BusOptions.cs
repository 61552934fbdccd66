using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>--bus</c> and the options of stored messages.</summary>
internal static class BusOptions
{
    private const int LargestSize = 100_000;

    private static readonly HistoryOptions Normally = new();

    private static readonly Option<BusKind?> Bus = new("--bus")
    {
        Description = "How messages reach the other nodes: redis (at --redis), embedded (a small Redis inside this "
            + "process, which listens at --redis for other nodes), or local (not at all). [default: redis with "
            + "--redis, otherwise local]",
        HelpName = "redis|embedded|local",
        CustomParser = ParseBus,
    };

    private static readonly Option<int?> Size = new("--history-size")
    {
        Description = $"The most messages that are stored for each room and user. [default: {Normally.Size}]",
        HelpName = "N",
        CustomParser = ParseSize,
    };

    private static readonly Option<TimeSpan?> Lifetime = DurationOption.Create(
        "--history-ttl", "How long stored messages are kept after the last one of their room or user.",
        Normally.Lifetime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <summary>Adds the options to <c>serve</c>.</summary>
    public static void AddTo(Command serve, Option<EndPoint?> redis)
    {
        foreach (var option in new Option[] { Bus, Size, Lifetime })
        {
            serve.Options.Add(option);
        }

        serve.Validators.Add(result => Check(result, redis));
    }

    public static BusKind? Bind(ParseResult parsed) => parsed.GetValue(Bus);

    public static HistoryOptions BindHistory(ParseResult parsed) => new()
    {
        Size = parsed.GetValue(Size) ?? Normally.Size,
        Lifetime = parsed.GetValue(Lifetime) ?? Normally.Lifetime,
    };

    private static void Check(CommandResult result, Option<EndPoint?> redis)
    {
        if (result.GetResult(Bus) is not { Tokens: [var token] })
        {
            return;
        }

        var hasRedis = result.GetResult(redis) is not null;
        if (token.Value == "redis" && !hasRedis)
        {
            result.AddError("--bus redis needs --redis HOST:PORT.");
        }
        else if (token.Value == "local" && hasRedis)
        {
            result.AddError("--bus local uses no Redis: leave out one of --bus and --redis.");
        }
        else if (token.Value == "embedded" && hasRedis && result.GetValue(redis) is not (null or IPEndPoint))
        {
            result.AddError("--bus embedded listens at --redis: it must be an IP address, such as 127.0.0.1:6379.");
        }
    }

    private static BusKind? ParseBus(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        switch (text)
        {
            case "redis":
                return BusKind.Redis;
            case "embedded":
                return BusKind.Embedded;
            case "local":
                return BusKind.Local;
            default:
                result.AddError($"--bus: '{text}' is not redis, embedded or local.");
                return null;
        }
    }

    private static int? ParseSize(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size is >= 1 and <= LargestSize)
        {
            return size;
        }

        result.AddError($"--history-size: '{text}' is not a number from 1 to {LargestSize}.");
        return null;
    }
}
