using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Compare;

/// <summary>Measures one target; each call of <see cref="Measure"/> is one round.</summary>
internal sealed class TargetMeasuring(
    ComparedTarget target, EndPoint endPoint, CompareSettings settings, TimeProvider time)
{
    // Enough handshakes for a just-in-time compiler to recompile hot methods, and then to recompile them with their
    // profile.
    private const int FirstHandshakes = 500;
    private const int MoreHandshakes = 4_000;

    private readonly Target _users = new(target.Address, "u");
    private readonly List<RoundFigures> _rounds = [];
    private RoundFigures _idle = new();

    public ComparedTarget Target => target;

    public IReadOnlyList<RoundFigures> Rounds => _rounds;

    /// <summary>Failures and lost messages by reason, the warm-up included.</summary>
    public CountByKey<string> Failures { get; } = new();

    /// <exception cref="SocketException">The host of the target cannot be resolved.</exception>
    public static TargetMeasuring Of(ComparedTarget target, CompareSettings settings, TimeProvider time) => new(
        target,
        new IPEndPoint(Dns.GetHostAddresses(target.Address.DnsSafeHost)[0], target.Address.Port),
        settings,
        time);

    /// <summary>
    /// Lets the target compile its code and fill its pools. Memory is measured here, once: programs keep memory that
    /// they have used, so later the same tunnels would seem to need almost none, or the memory of other work would be
    /// included.
    /// </summary>
    public void WarmUp(CancellationToken stop)
    {
        ExchangeMessages(settings.WarmUp, stop);
        OpenAndClose(Math.Min(settings.Handshakes, FirstHandshakes), stop);
        _idle = HoldIdle(stop);
        ExchangeMessages(settings.WarmUp, stop);
        OpenAndClose(Math.Min(settings.Handshakes, MoreHandshakes), stop);
    }

    public void Measure(CancellationToken stop)
    {
        var messages = ExchangeMessages(settings.Duration, stop);
        var handshakes = OpenAndClose(settings.Handshakes, stop);
        _rounds.Add(messages with
        {
            BytesPerTunnel = _rounds.Count == 0 ? _idle.BytesPerTunnel : null,
            ResidentBytes = _rounds.Count == 0 ? _idle.ResidentBytes : null,
            HandshakesPerSecond = handshakes.HandshakesPerSecond,
            CpuMicrosecondsPerHandshake = handshakes.CpuMicrosecondsPerHandshake,
        });
    }

    private RoundFigures HoldIdle(CancellationToken stop)
    {
        using var tunnels = NewTunnels(stop);
        var before = ReadTarget()?.ResidentBytes;
        tunnels.Open(settings.Tunnels);
        tunnels.Idle(settings.Settling);
        var resident = ReadTarget()?.ResidentBytes;
        var count = tunnels.Count;
        tunnels.Close();
        return new RoundFigures
        {
            ResidentBytes = resident,
            BytesPerTunnel = Per(count, resident - before),
        };
    }

    private RoundFigures ExchangeMessages(TimeSpan duration, CancellationToken stop)
    {
        using var tunnels = NewTunnels(stop);
        tunnels.Open(settings.Connections);

        var latency = new LatencyRecorder(time);
        var use = BeginUse();
        var echoed = tunnels.Exchange(duration, latency);
        var used = use();
        tunnels.Drain();
        tunnels.Close();

        var summary = latency.Summarize();
        return new RoundFigures
        {
            MessagesPerSecond = echoed / used.Seconds,
            CpuMicrosecondsPerMessage = Per(echoed, used.Cpu * 1e6),
            P50Ms = summary.P50Ms,
            P99Ms = summary.P99Ms,
            CpusBusy = used.Cpu / used.Seconds,
            GeneratorCpusBusy = used.OwnCpu / used.Seconds,
        };
    }

    private RoundFigures OpenAndClose(int count, CancellationToken stop)
    {
        using var tunnels = NewTunnels(stop);
        var use = BeginUse();
        var done = tunnels.OpenAndClose(count);
        var used = use();
        return new RoundFigures
        {
            HandshakesPerSecond = done / used.Seconds,
            CpuMicrosecondsPerHandshake = Per(done, used.Cpu * 1e6),
        };
    }

    private TunnelSet NewTunnels(CancellationToken stop) => new(_users, endPoint, settings, Failures, time, stop);

    private Func<Use> BeginUse()
    {
        var own = ProcessReading.Take(Environment.ProcessId);
        var before = ReadTarget();
        var begun = time.GetTimestamp();
        return () => new Use(
            time.GetElapsedTime(begun).TotalSeconds,
            before is null ? null : ReadTarget()!.CpuSecondsSince(before),
            ProcessReading.Take(Environment.ProcessId).CpuSecondsSince(own));
    }

    private ProcessReading? ReadTarget() => target.Process is { } process ? ProcessReading.Take(process) : null;

    private static double? Per(long count, double? total) => count == 0 ? null : total / count;

    private readonly record struct Use(double Seconds, double? Cpu, double OwnCpu);
}
