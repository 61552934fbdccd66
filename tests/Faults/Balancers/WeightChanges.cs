using System.Net;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Balancers;

/// <summary>
/// Raises the weight of a node by one, again and again, as fast as the changes are acknowledged. So a kill of the
/// balancer always interrupts a change.
/// </summary>
internal sealed class WeightChanges
{
    private readonly Task _changing;
    private readonly int _first;
    private volatile int _last;
    private volatile int _lastShared;

    public WeightChanges(Balancer balancer, string node, int first)
    {
        (_first, _last) = (first, first - 1);
        _changing = Change(balancer, node);
    }

    /// <summary>The last weight whose response confirmed that the other balancers know it.</summary>
    public int LastShared => _lastShared;

    /// <summary>Waits until this many changes have been acknowledged.</summary>
    public Task Until(int count) => Deadline.Until(
        $"{count} changes are acknowledged", () => _changing.IsCompleted || _last - _first + 1 >= count);

    /// <summary>Waits until the balancer no longer responds.</summary>
    /// <returns>The last weight that was acknowledged; the one after it may have been made or not.</returns>
    public async Task<int> UntilRefused()
    {
        await _changing;
        return _last;
    }

    private async Task Change(Balancer balancer, string node)
    {
        try
        {
            while (true)
            {
                var (status, answer) = await balancer.Change(
                    HttpMethod.Patch, $"nodes/{node}", new JsonObject { ["weight"] = _last + 1 });
                Assert.True(status == HttpStatusCode.OK, $"{status} {answer}");
                _last++;
                _lastShared = (bool?)answer!["shared"] is true ? _last : _lastShared;
            }
        }
        catch (HttpRequestException)
        {
            // The balancer was killed: the pending change was not acknowledged.
            return;
        }
    }
}
