using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;

namespace WsBalancer.Proxy.Tests.Peers;

/// <summary>Two balancers of one fleet, which exchange records and reports when the test lets them.</summary>
internal sealed class TwoBalancers : IAsyncDisposable
{
    private TwoBalancers(Movers one, Movers other) => (One, Other) = (one, other);

    public Movers One { get; }

    public Movers Other { get; }

    public static async Task<TwoBalancers> StartAsync(params string[] nodes)
    {
        var settings = ChatSettings.OfNodes(nodes);
        return new TwoBalancers(await Movers.StartAsync(settings, "a"), await Movers.StartAsync(settings, "b"));
    }

    /// <summary>Exchanges records and reports, as real balancers do every second.</summary>
    public async Task ShareAsync()
    {
        await CopyAsync(One, Other);
        await CopyAsync(Other, One);
        Receive(One, Other);
        Receive(Other, One);
    }

    /// <summary>Steps both balancers, and exchanges after each step, until a fact holds.</summary>
    public Task Until(string fact, Func<bool> holds) => Deadline.Until(fact, async () =>
    {
        foreach (var movers in (Movers[])[One, Other])
        {
            movers.App.Time.Advance(PacedCloser.Step);
            movers.EndClosing();
        }

        await ShareAsync();
        return holds();
    });

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Other.DisposeAsync();
    }

    private static void Receive(Movers at, Movers from)
    {
        var report = new PeerReport(from.App.Get<BalancerName>().Id, from.App.Get<BalancerReport>().Read());
        at.App.Get<PeerReports>().Update([report]);
    }

    // Copies the records that are new to the other balancer; of a rebalance, an ended state is newer than a running
    // one.
    private static async Task CopyAsync(Movers from, Movers to)
    {
        var (source, target) = (from.App.Get<StateStore>(), to.App.Get<StateStore>());
        var changes = source.Of("chat")
            .Where(record => IsNews(record.Value!, target.Find(record.Key)))
            .Select(record => new StateChange(record.Key, record.Value))
            .ToList();
        if (changes.Count > 0)
        {
            await target.WriteAsync(changes, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsNews(StateValue value, StateValue? known) => (value, known) switch
    {
        (RebalanceValue { State: RebalanceState.Running } one, RebalanceValue other)
            when one.Operation == other.Operation => false,
        _ => value != known,
    };
}
