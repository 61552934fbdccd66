using System.Globalization;
using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Serving;

namespace WsBalancer.BackendSample.Benchmark;

/// <summary>Measures one channel between two nodes: the latency at a light rate, and the maximum throughput.</summary>
internal sealed class BusBenchmark(BusHost publisher, BusHost subscriber, BenchOptions options, TimeProvider time)
{
    /// <summary>The messages that are on their way at once when the throughput is measured.</summary>
    private const int Window = 512;

    /// <summary>The time between two messages when the latency is measured.</summary>
    private static readonly TimeSpan Light = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a full window waits for a message, before one more is sent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The time without a message after which the missing ones are lost. A server that hangs is noticed in three
    /// seconds, and what was missed is read a second after it answers.
    /// </summary>
    private static readonly TimeSpan LossTime = TimeSpan.FromSeconds(10);

    private readonly string _run = Epoch.Create();
    private long _sent;
    private long _failed;

    private long Failed => Interlocked.Read(ref _failed);

    /// <summary>Measures messages of one kind.</summary>
    /// <param name="isStored">Whether the messages have an id, and are stored before they are delivered.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <returns>Null if the subscriber does not receive the channel.</returns>
    public async Task<BenchFigures?> RunAsync(bool isStored, CancellationToken cancellation)
    {
        var channel = $"room:bench-{_run}-{isStored}";
        var member = new BenchMember(time);
        try
        {
            // With a position, a member receives every stored message, even if the bus has lost the first ones.
            var waiter = new ChannelWaiter(member, Since: null, (_, _) => Delivery.Control("{}"u8.ToArray()));
            var isMember = await subscriber.Subscriptions.AcquireAsync(channel)
                && await subscriber.Audience.RecoverAsync(channel, waiter);
            return isMember ? await MeasureAsync(channel, isStored, member, cancellation) : null;
        }
        finally
        {
            subscriber.Audience.Remove(channel, member);
            await subscriber.Subscriptions.ReleaseAsync(channel);
            (_sent, _failed) = (0, 0);
        }
    }

    private async Task<BenchFigures> MeasureAsync(
        string channel, bool isStored, BenchMember member, CancellationToken cancellation)
    {
        // The first messages compile the code.
        await SaturateAsync(channel, isStored, member, options.Duration / 5, cancellation);
        await DrainAsync(member, cancellation);
        member.TakeLatencies();

        await TrickleAsync(channel, isStored, options.Duration, cancellation);
        await DrainAsync(member, cancellation);
        var latencies = member.TakeLatencies();

        var rate = await SaturateAsync(channel, isStored, member, options.Duration, cancellation);
        await DrainAsync(member, cancellation);
        return new BenchFigures(
            At(latencies, 0.5), At(latencies, 0.99), rate, Failed, Math.Max(0, _sent - member.Received - Failed));
    }

    private static TimeSpan At(TimeSpan[] latencies, double share) =>
        latencies.Length == 0 ? Timeout.InfiniteTimeSpan : latencies[(int)(share * (latencies.Length - 1))];

    private async Task TrickleAsync(string channel, bool isStored, TimeSpan duration, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Light, time);
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < duration && await timer.WaitForNextTickAsync(cancellation))
        {
            await SendAsync(channel, isStored);
        }
    }

    /// <returns>The messages a second that were received.</returns>
    private async Task<double> SaturateAsync(
        string channel, bool isStored, BenchMember member, TimeSpan duration, CancellationToken cancellation)
    {
        // Never disposed: a delivery that has begun may still release it, and its exception would end the bus.
        var room = new SemaphoreSlim(Window);
        void Return() => room.Release();
        member.Delivered += Return;
        var (begun, before) = (time.GetTimestamp(), member.Received);
        while (time.GetElapsedTime(begun) < duration)
        {
            // A lost message never makes room, so that the next one is sent after a while.
            await room.WaitAsync(Patience, cancellation);
            _ = SendAsync(channel, isStored);
        }

        member.Delivered -= Return;
        return (member.Received - before) / time.GetElapsedTime(begun).TotalSeconds;
    }

    private async Task SendAsync(string channel, bool isStored)
    {
        var number = ++_sent;
        var at = time.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        var begin = $$"""{"at":"{{at}}","data":""";
        var padding = new string('x', Math.Max(0, options.Size - begin.Length - 3));
        var message = Encoding.UTF8.GetBytes($"{begin}\"{padding}\"}}");
        var isAccepted = isStored
            ? (await publisher.Store.AppendAsync(channel, _run, $"{number}", message)).Outcome is AppendOutcome.Stored
            : await publisher.Bus.PublishAsync(channel, message) is PublishOutcome.Published;
        if (!isAccepted)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    // Waits for the messages that are on their way. Those of a pause of the server are not lost.
    private async Task DrainAsync(BenchMember member, CancellationToken cancellation)
    {
        var (received, since) = (member.Received, time.GetTimestamp());
        while (member.Received + Failed < _sent && time.GetElapsedTime(since) < LossTime)
        {
            await Task.Delay(Light, time, cancellation);
            if (member.Received != received)
            {
                (received, since) = (member.Received, time.GetTimestamp());
            }
        }
    }
}
