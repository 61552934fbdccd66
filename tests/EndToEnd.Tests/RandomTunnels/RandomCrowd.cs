using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>Runs random scripts, many at a time, and judges each.</summary>
internal sealed class RandomCrowd
{
    private readonly ConcurrentDictionary<int, TunnelRun> _live = new();
    private readonly ConcurrentQueue<Outcome> _done = new();
    private readonly ConcurrentDictionary<(string Path, string Node), bool> _draining = new();
    private readonly int _seed;
    private int _last;
    private volatile bool _failed;

    public RandomCrowd(int seed, IEnumerable<ScriptedNode> nodes)
    {
        _seed = seed;
        foreach (var node in nodes)
        {
            node.Script = connection => Find(connection).Serve(node.Name, connection, Placed);
        }
    }

    /// <summary>The outcomes of the tunnels that have ended.</summary>
    public IReadOnlyCollection<Outcome> Done => _done;

    /// <summary>Runs scripts at this port until both minimums are reached.</summary>
    /// <param name="port">The port of a balancer, or of a node itself.</param>
    /// <param name="together">The number of concurrent tunnels.</param>
    /// <param name="least">The minimum number of tunnels.</param>
    /// <param name="duration">The minimum duration.</param>
    public Task Play(int port, int together, int least, TimeSpan duration)
    {
        var begun = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, together).Select(async _ =>
        {
            while (!_failed && Next() is var number
                && (number <= least || Stopwatch.GetElapsedTime(begun) < duration))
            {
                await Play(number, port);
            }
        }));
    }

    /// <summary>A random open tunnel, or null if none is open.</summary>
    public TunnelRun? PickOpen(Random random) =>
        _live.Values.ToArray() is { Length: > 0 } runs ? runs[random.Next(runs.Length)] : null;

    /// <summary>From now on, tunnels to this node may be closed by its drain.</summary>
    public void BeginDrain(string path, string node)
    {
        _draining[(path, node)] = true;
        foreach (var run in _live.Values.Where(run => run.Script.Path == path && run.NodeName == node))
        {
            run.Drained = true;
        }
    }

    public void EndDrain(string path, string node) => _draining.TryRemove((path, node), out _);

    private int Next() => Interlocked.Increment(ref _last);

    private async Task Play(int number, int port)
    {
        var run = new TunnelRun(TunnelScript.Of(_seed, number));
        _live[number] = run;
        try
        {
            await run.Run(port);
        }
        catch (Exception failure)
        {
            _failed = true;
            throw new InvalidOperationException($"Seed {_seed}: it came to a stop.\n{run}", failure);
        }

        _live.TryRemove(number, out _);
        var verdict = Verdict.Of(run);
        _failed |= verdict.Mistakes.Length > 0;
        Assert.True(verdict.Mistakes.Length == 0, $"Seed {_seed}: {verdict.Mistakes}.\n{run}");
        _done.Enqueue(new Outcome(
            [.. verdict.Reasons.Distinct()],
            verdict.Closed,
            (long)run.Client!.Received.Matched + run.Node!.Received.Matched));
    }

    private TunnelRun Find(NodeConnection connection) =>
        _live[int.Parse(connection.Request.Query("tunnel")!, CultureInfo.InvariantCulture)];

    private void Placed(TunnelRun run)
    {
        if (_draining.ContainsKey((run.Script.Path, run.NodeName!)))
        {
            run.Drained = true;
        }
    }
}

/// <summary>
/// A tunnel that passed: the reasons for which it may be counted as ended, whether the balancer closed it, and the
/// bytes that were relayed.
/// </summary>
internal sealed record Outcome(IReadOnlyList<string> Reasons, bool Closed, long Bytes);
