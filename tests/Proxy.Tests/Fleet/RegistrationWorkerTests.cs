using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using static WsBalancer.Proxy.Tests.Fleet.RegisteringNodes;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class RegistrationWorkerTests : IAsyncDisposable
{
    private readonly RegisteringNodes _nodes = new();

    private BalancerApp App => _nodes.App;

    [Fact]
    public async Task Worker_LooksOnceASecondAndOutlivesFailures()
    {
        var worker = new RegistrationWorker(
            App.Get<Registrations>(), App.Time, App.Get<ILogger<RegistrationWorker>>());
        _nodes.Source.Failure = new OperationCanceledException("The answer took too long.");
        await worker.StartAsync(TestContext.Current.CancellationToken);
        await App.Time.Until(due => due == TimeSpan.FromSeconds(1), 1);
        for (var i = 1; i <= 3; i++)
        {
            var queries = _nodes.Source.Queries;
            App.Time.Advance(TimeSpan.FromSeconds(1));
            await Deadline.Until("it looked", () => _nodes.Source.Queries > queries);
        }

        _nodes.Source.Failure = null;
        _nodes.Source.Nodes = [Node("ws-3")];
        App.Time.Advance(TimeSpan.FromSeconds(1));

        await Deadline.Until("the node is there", () => App.Chat.Find("ws-3") is not null);
        Assert.Single(App.Logs.GetSnapshot(), record => record.Id.Id == 208);
        await worker.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void WithoutASource_ThereIsNothingToLookAt()
    {
        var registrations = new Registrations([], App.Get<StateStore>(), App.Fleet, App.Get<FleetEvents>(), App.Time);

        Assert.False(registrations.AnySource);
        Assert.True(App.Get<Registrations>().AnySource);
    }

    [Fact]
    public async Task WithoutRedis_NoNodeIsLost()
    {
        await using var app = BalancerApp.Build(_nodes.Settings);

        Assert.False(app.Get<Registrations>().AnySource);
    }

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();
}
