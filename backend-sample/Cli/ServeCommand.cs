using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using WsBalancer.BackendSample.Serving;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>ws-node serve</c>: runs one node.</summary>
internal static class ServeCommand
{
    private const int MaxNameLength = 64;
    private const long MinBeyondMessage = 1024 * 1024;

    // Longer writes are not cheaper, and a batch is in memory twice.
    private const long MaxBatchBytes = 64 * 1024;

    private static readonly NodeOptions Normally = new() { Name = "ws-1", Urls = "http://127.0.0.1:5001" };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen; port 0 takes a free one; several with ';' between them.",
        HelpName = "URL",
        DefaultValueFactory = _ => Normally.Urls,
        CustomParser = ParseUrls,
    };

    private static readonly Option<string> Name = new("--name")
    {
        Description = "What the node is called in messages, in the log and by the balancer.",
        HelpName = "ID",
        DefaultValueFactory = _ => Normally.Name,
        CustomParser = ParseName,
    };

    private static readonly Option<EndPoint?> Redis = EndPointOption.Create(
        "--redis", "The Redis that joins the nodes and stores their messages.", example: "127.0.0.1:6379");

    private static readonly Option<long?> MaxMessage = SizeOption.OfOne(
        "--max-message", "The longest message of a client; a longer one closes the connection with 1009.",
        Normally.MaxMessageBytes);

    private static readonly Option<long?> MaxBuffered = SizeOption.OfAll(
        "--max-buffered", "What the messages of all clients may hold together until they are handled or echoed; more "
        + "closes the connection with 1013. Twice --max-message if that is more than the default, and at least 1MiB "
        + "more than it.",
        Normally.MaxBufferedBytes);

    private static readonly Option<long?> MaxQueue = SizeOption.OfOne(
        "--max-queue", "What may wait for a client that reads slowly. Beyond it, cheaper messages are dropped; without "
        + "any, the client is closed with 4008.",
        Normally.MaxQueueBytes);

    private static readonly Option<long?> BatchBytes = SizeOption.OfOne(
        "--batch-bytes", "Messages to one client are collected until they have so many bytes. Less than --max-queue; "
        + "half of it if that is less than the default.",
        Normally.BatchBytes, MaxBatchBytes);

    private static readonly Option<TimeSpan?> BatchDelay = DurationOption.Create(
        "--batch-delay", "How long a message waits for others to the same client; off sends at once what is ready.",
        Normally.BatchDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), mayBeOff: true);

    private static readonly Option<TimeSpan?> PresenceDelay = DurationOption.Create(
        "--presence-delay", "How long changes of the users in a room are collected until its members are notified; "
        + "off for no notices.",
        Normally.PresenceDelay, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), mayBeOff: true);

    private static readonly Option<TimeSpan?> KeepAlive = DurationOption.Create(
        "--keep-alive", "Ping a client after so much silence.", Normally.KeepAliveInterval,
        TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), mayBeOff: true);

    private static readonly Option<TimeSpan?> KeepAliveTimeout = DurationOption.Create(
        "--keep-alive-timeout", "A client whose pong takes longer is lost.", Normally.KeepAliveTimeout,
        TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    private static readonly Option<TimeSpan?> IdleTimeout = DurationOption.Create(
        "--idle-timeout", "Close a client with 4009 that sends nothing for so long; pings do not count.",
        Normally.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), mayBeOff: true);

    private static readonly Option<TimeSpan?> CloseTimeout = DurationOption.Create(
        "--close-timeout", "How long a client may take to answer a Close frame.", Normally.CloseTimeout,
        TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));

    private static readonly Option<int?> DrainRate = NumberOption.Create(
        "--drain-rate", "How many connections are closed in a second when the node stops.", Normally.DrainRate);

    private static readonly Option<TimeSpan?> DrainTimeout = DurationOption.Create(
        "--drain-timeout", "The time in which all connections are closed when the node stops, even if --drain-rate is "
        + "exceeded.", Normally.DrainTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    public static Command Create()
    {
        var command = new Command("serve", "Run one WebSocket node, until SIGTERM or Ctrl-C.")
        {
            Urls, Name, Redis, MaxMessage, MaxBuffered, MaxQueue, BatchDelay, BatchBytes, KeepAlive, KeepAliveTimeout,
            IdleTimeout, CloseTimeout, DrainRate, DrainTimeout, PresenceDelay,
        };
        command.Validators.Add(CheckBuffered);
        command.Validators.Add(CheckBatch);
        AccessOption.AddTo(command);
        BusOptions.AddTo(command, Redis);
        RegisterOption.AddTo(command, Urls, Redis);
        command.SetAction((parsed, cancellation) =>
            RunAsync(Bind(parsed), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    /// <summary>The options of a command line without mistakes.</summary>
    internal static NodeOptions Bind(ParseResult parsed)
    {
        var maxMessage = parsed.GetValue(MaxMessage) ?? Normally.MaxMessageBytes;
        var maxQueue = parsed.GetValue(MaxQueue) ?? Normally.MaxQueueBytes;
        return new NodeOptions
        {
            Urls = parsed.GetRequiredValue(Urls),
            Name = parsed.GetRequiredValue(Name),
            Redis = parsed.GetValue(Redis),
            Nats = BusOptions.BindNats(parsed),
            Registration = RegisterOption.Bind(parsed),
            Bus = BusOptions.Bind(parsed),
            Access = AccessOption.Bind(parsed),
            History = BusOptions.BindHistory(parsed),
            MaxMessageBytes = (int)maxMessage,
            MaxBufferedBytes = parsed.GetValue(MaxBuffered) ?? Math.Max(Normally.MaxBufferedBytes, 2 * maxMessage),
            MaxQueueBytes = (int)maxQueue,
            BatchBytes = (int)(parsed.GetValue(BatchBytes) ?? Math.Min(Normally.BatchBytes, maxQueue / 2)),
            BatchDelay = OrOff(parsed.GetValue(BatchDelay)),
            PresenceDelay = OrOff(parsed.GetValue(PresenceDelay) ?? Normally.PresenceDelay),
            KeepAliveInterval = parsed.GetValue(KeepAlive) ?? Normally.KeepAliveInterval,
            KeepAliveTimeout = parsed.GetValue(KeepAliveTimeout) ?? Normally.KeepAliveTimeout,
            IdleTimeout = OrOff(parsed.GetValue(IdleTimeout)),
            DrainRate = parsed.GetValue(DrainRate) ?? Normally.DrainRate,
            DrainTimeout = parsed.GetValue(DrainTimeout) ?? Normally.DrainTimeout,
            CloseTimeout = parsed.GetValue(CloseTimeout) ?? Normally.CloseTimeout,
        };
    }

    // An option that is off, or absent, is a time of zero in the settings.
    private static TimeSpan OrOff(TimeSpan? time) => time is { } value && value > TimeSpan.Zero ? value : TimeSpan.Zero;

    // A message of the maximum size must fit, including the unused part of its buffers.
    private static void CheckBuffered(CommandResult result)
    {
        var buffered = SizeOption.Find(result, MaxBuffered);
        var message = SizeOption.Find(result, MaxMessage) ?? Normally.MaxMessageBytes;
        if (buffered - message < MinBeyondMessage)
        {
            result.AddError(
                "--max-buffered: it must be at least 1MiB more than --max-message, or no message of that size passes.");
        }
    }

    // A batch that waits must not look like the queue of a client that reads too slowly.
    private static void CheckBatch(CommandResult result)
    {
        var batch = SizeOption.Find(result, BatchBytes) ?? 0;
        if (batch >= (SizeOption.Find(result, MaxQueue) ?? Normally.MaxQueueBytes))
        {
            result.AddError("--batch-bytes: it must be less than --max-queue.");
        }
    }

    private static async Task<int> RunAsync(
        NodeOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        WebApplication node;
        try
        {
            node = NodeHost.Build(options);
        }
        catch (SocketException failure)
        {
            await console.Error.WriteLineAsync("ws-node: cannot run the embedded Redis on "
                + $"{BusServices.EmbeddedEndpoint(options)}: {failure.Message}");
            return ExitCode.Failed;
        }

        await using (node)
        {
            return await ServeAsync(node, options, console, cancellation);
        }
    }

    private static async Task<int> ServeAsync(
        WebApplication node, NodeOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        try
        {
            await node.StartAsync(cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await console.Error.WriteLineAsync($"ws-node: cannot listen on {options.Urls}: {failure.Message}");
            return ExitCode.Failed;
        }

        var addresses = string.Join(", ", node.Urls);
        await console.Output.WriteLineAsync($"{options.Name} listening on {addresses}".AsMemory(), cancellation);
        await console.Output.FlushAsync(cancellation);

        // The host itself waits for the signal, and closes every session before it stops.
        await node.WaitForShutdownAsync(cancellation);
        return ExitCode.Done;
    }

    private static string? ParseUrls(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var url in text.Split(';'))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != "http" || uri.PathAndQuery != "/")
            {
                result.AddError($"--urls: '{url}' is not an address such as http://127.0.0.1:5001.");
            }
            else if (uri is { Port: 0, Host: "localhost" })
            {
                result.AddError("--urls: a free port needs an address: write http://127.0.0.1:0.");
            }
        }

        return text;
    }

    private static string? ParseName(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var isId = text is { Length: > 0 and <= MaxNameLength }
            && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
        if (!isId)
        {
            result.AddError($"--name: '{text}' is not 1 to {MaxNameLength} letters, digits, '.', '_' or '-'.");
        }

        return text;
    }
}
