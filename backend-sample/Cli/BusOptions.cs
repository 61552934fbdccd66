using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>--bus</c> and the options of stored messages.</summary>
internal static class BusOptions
{
    private static readonly HistoryOptions Normally = new();

    private static readonly Dictionary<string, BusKind> Kinds = new()
    {
        ["redis"] = BusKind.Redis,
        ["redis-streams"] = BusKind.RedisStreams,
        ["nats"] = BusKind.Nats,
        ["embedded"] = BusKind.Embedded,
        ["local"] = BusKind.Local,
    };

    private static readonly Option<BusKind?> Bus = CreateBus(
        "How messages reach the other nodes: redis (pub/sub at --redis), redis-streams (at --redis), nats (at --nats), "
        + "embedded (a small Redis inside this process, which listens at --redis for other nodes), or local (not at "
        + "all). [default: nats with --nats, redis with --redis, otherwise local]");

    private static readonly Option<EndPoint?> Nats = CreateNats();

    private static readonly Option<int?> Size = NumberOption.Create(
        "--history-size", "The most messages that are stored for each room and user.", Normally.Size,
        most: 100_000);

    private static readonly Option<TimeSpan?> Lifetime = DurationOption.Create(
        "--history-ttl", "How long stored messages are kept after the last one of their room or user.",
        Normally.Lifetime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <summary>Adds the options to <c>serve</c>.</summary>
    public static void AddTo(Command serve, Option<EndPoint?> redis)
    {
        foreach (var option in new Option[] { Bus, Nats, Size, Lifetime })
        {
            serve.Options.Add(option);
        }

        serve.Validators.Add(result => Check(result, redis));
    }

    public static BusKind? Bind(ParseResult parsed) => parsed.GetValue(Bus);

    public static EndPoint? BindNats(ParseResult parsed) => parsed.GetValue(Nats);

    public static HistoryOptions BindHistory(ParseResult parsed) => new()
    {
        Size = parsed.GetValue(Size) ?? Normally.Size,
        Lifetime = parsed.GetValue(Lifetime) ?? Normally.Lifetime,
    };

    /// <summary>The option <c>--bus</c>, for one command.</summary>
    internal static Option<BusKind?> CreateBus(string description) => new("--bus")
    {
        Description = description,
        HelpName = string.Join('|', Kinds.Keys),
        CustomParser = ParseBus,
    };

    /// <summary>The option <c>--nats</c>, for one command.</summary>
    internal static Option<EndPoint?> CreateNats() => EndPointOption.Create(
        "--nats", "The NATS server that joins the nodes. Messages with an id need --redis too.",
        example: "127.0.0.1:4222");

    private static void Check(CommandResult result, Option<EndPoint?> redis)
    {
        var bus = result.GetResult(Bus) is { Tokens: [var token] } ? token.Value : null;
        var (hasRedis, hasNats) = (result.GetResult(redis) is not null, result.GetResult(Nats) is not null);
        if (Mistake(bus, hasRedis, hasNats) is { } mistake)
        {
            result.AddError(mistake);
        }
        else if (bus == "embedded" && hasRedis && result.GetValue(redis) is not (null or IPEndPoint))
        {
            result.AddError("--bus embedded listens at --redis: it must be an IP address, such as 127.0.0.1:6379.");
        }
    }

    /// <summary>Why these options do not fit together; null if they do.</summary>
    internal static string? Mistake(string? bus, bool hasRedis, bool hasNats) => (bus, hasRedis, hasNats) switch
    {
        ("redis" or "redis-streams", false, _) => $"--bus {bus} needs --redis HOST:PORT.",
        ("nats", _, false) => "--bus nats needs --nats HOST:PORT.",
        ("local", true, _) => "--bus local uses no Redis: leave out one of --bus and --redis.",
        (not (null or "nats"), _, true) => $"--bus {bus} uses no NATS: leave out one of --bus and --nats.",
        _ => null,
    };

    private static BusKind? ParseBus(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Kinds.TryGetValue(text, out var kind))
        {
            return kind;
        }

        result.AddError($"--bus: '{text}' is not {string.Join(", ", Kinds.Keys.SkipLast(1))} or {Kinds.Keys.Last()}.");
        return null;
    }
}
