using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>Disconnects users, drains nodes and resumes them at random while a crowd is connected.</summary>
internal sealed class RandomOperator : IAsyncDisposable
{
    private const int LongestPause = 60;
    private const int LongestDrain = 300;
    private const int TunnelsPerSecond = 60;

    private static readonly string[] Nodes = ["a", "b", "c"];
    private static readonly string[] Paths = [TunnelScript.Patient, TunnelScript.Hasty];

    private readonly CancellationTokenSource _over = new();
    private readonly Balancer _balancer;
    private readonly RandomCrowd _crowd;
    private readonly Random _random;
    private readonly Task _working;

    public RandomOperator(Balancer balancer, RandomCrowd crowd, int seed)
    {
        (_balancer, _crowd, _random) = (balancer, crowd, new Random(seed));
        _working = Work();
    }

    /// <summary>The number of operations so far.</summary>
    public int Operations { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _working;
        _over.Dispose();
    }

    private async Task Work()
    {
        while (!_over.IsCancellationRequested)
        {
            if (_random.Next(6) == 0)
            {
                await Drain(Paths[_random.Next(Paths.Length)], Nodes[_random.Next(Nodes.Length)]);
            }
            else if (_crowd.PickOpen(_random) is { } run)
            {
                await Disconnect(run);
            }

            Operations++;
            await Pause(LongestPause);
        }
    }

    private async Task Disconnect(TunnelRun run)
    {
        var code = _random.Next(4_900, 5_000);
        run.Disconnects.Enqueue(code);
        await _balancer.Delete($"/api/v1/clusters/{run.Script.Path}/tunnels?user={run.Script.User}&closeCode={code}");
    }

    private async Task Drain(string cluster, string node)
    {
        var path = $"/api/v1/clusters/{cluster}/nodes/{node}/drain";
        _crowd.BeginDrain(cluster, node);
        await _balancer.Post(path, new JsonObject { ["ratePerSecond"] = TunnelsPerSecond });
        await Pause(LongestDrain);
        await _balancer.Delete(path);
        _crowd.EndDrain(cluster, node);
    }

    private async Task Pause(int longest)
    {
        var pause = TimeSpan.FromMilliseconds(_random.Next(longest));
        await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
