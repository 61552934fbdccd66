using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsBalancer.BackendSample.Benchmark;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Serving;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>ws-node bench-bus</c>: measures a bus between two nodes in this process.</summary>
internal static class BenchBusCommand
{
    private const int NormalSeconds = 5;
    private const int NormalSize = 128;

    private static readonly Option<BusKind?> Bus = BusOptions.CreateBus(
        "The bus to measure: redis, redis-streams, nats, embedded or local.");

    private static readonly Option<EndPoint?> Redis = EndPointOption.Create(
        "--redis", "The Redis of the bus, or the one that stores messages.", example: "127.0.0.1:6379");

    private static readonly Option<EndPoint?> Nats = BusOptions.CreateNats();

    private static readonly Option<int?> Seconds = NumberOption.Create(
        "--seconds", "The time of each measurement.", NormalSeconds, most: 600);

    private static readonly Option<int?> Size = NumberOption.Create(
        "--size", "The bytes of a message.", NormalSize, least: 64, most: 65_536);

    public static Command Create()
    {
        var command = new Command("bench-bus", "Measure latency and throughput of a bus between two nodes.")
        {
            Bus, Redis, Nats, Seconds, Size,
        };
        command.Validators.Add(Check);
        command.SetAction((parsed, cancellation) => RunAsync(
            new NodeOptions
            {
                Name = "bench-1",
                Urls = "",
                Bus = parsed.GetValue(Bus),
                Redis = parsed.GetValue(Redis),
                Nats = parsed.GetValue(Nats),
            },
            new BenchOptions(
                TimeSpan.FromSeconds(parsed.GetValue(Seconds) ?? NormalSeconds), parsed.GetValue(Size) ?? NormalSize),
            parsed.InvocationConfiguration,
            cancellation));
        return command;
    }

    private static void Check(CommandResult result)
    {
        var bus = result.GetResult(Bus) is { Tokens: [var token] } ? token.Value : null;
        var mistake = bus is null
            ? "bench-bus needs --bus."
            : BusOptions.Mistake(bus, result.GetResult(Redis) is not null, result.GetResult(Nats) is not null);
        if (mistake is not null)
        {
            result.AddError(mistake);
        }
    }

    private static async Task<int> RunAsync(
        NodeOptions node, BenchOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        try
        {
            await using var one = await BusHost.StartAsync(node, cancellation);
            if (node.Bus is BusKind.Local)
            {
                return await MeasureAsync(one, one, node, options, console, cancellation);
            }

            await using var two = await BusHost.StartAsync(OtherNode(node, one), cancellation);
            if (one.Bus.Status.IsAvailable && two.Bus.Status.IsAvailable)
            {
                return await MeasureAsync(one, two, node, options, console, cancellation);
            }

            await console.Error.WriteLineAsync($"ws-node: cannot connect to {node.Nats ?? node.Redis}");
        }
        catch (SocketException failure)
        {
            await console.Error.WriteLineAsync(
                $"ws-node: cannot run the embedded Redis on {node.Redis}: {failure.Message}");
        }

        return ExitCode.Failed;
    }

    private static NodeOptions OtherNode(NodeOptions node, BusHost one) => node.Bus is BusKind.Embedded
        ? node with
        {
            Name = "bench-2",
            Bus = BusKind.Redis,
            Redis = one.Services.GetRequiredService<EmbeddedRedis>().Endpoint,
        }
        : node with { Name = "bench-2" };

    private static async Task<int> MeasureAsync(
        BusHost one,
        BusHost two,
        NodeOptions node,
        BenchOptions options,
        InvocationConfiguration console,
        CancellationToken cancellation)
    {
        var benchmark = new BusBenchmark(one, two, options, TimeProvider.System);
        await WriteAsync(console, "bus", "messages", "p50", "p99", "messages/s", "failed", "lost");
        bool[] kinds = node is { Bus: BusKind.Nats, Redis: null } ? [false] : [false, true];
        foreach (var isStored in kinds)
        {
            if (await benchmark.RunAsync(isStored, cancellation) is not { } figures)
            {
                await console.Error.WriteLineAsync("ws-node: the second node does not receive from the bus");
                return ExitCode.Failed;
            }

            await WriteAsync(
                console, one.Bus.Status.Kind, isStored ? "stored" : "not stored", Text(figures.Median),
                Text(figures.Late), figures.Rate.ToString("N0", CultureInfo.InvariantCulture), $"{figures.Failed}",
                $"{figures.Lost}");
        }

        return ExitCode.Done;
    }

    private static Task WriteAsync(InvocationConfiguration console, params string[] cells)
    {
        int[] widths = [-14, -12, 10, 10, 12, 8, 8];
        return console.Output.WriteLineAsync(string.Concat(cells.Zip(
            widths, (cell, width) => width < 0 ? cell.PadRight(-width) : cell.PadLeft(width))));
    }

    private static string Text(TimeSpan latency) => latency < TimeSpan.Zero
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{latency.TotalMilliseconds:F2} ms");
}
