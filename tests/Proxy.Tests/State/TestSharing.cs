using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Sharing by a delegate of the test.</summary>
internal sealed class TestSharing(Func<bool> share) : IStateSharing
{
    public static Lazy<IStateSharing> Of(Func<bool> share) => new(new TestSharing(share));

    public Task<bool> ShareAsync(CancellationToken cancellation) => Task.FromResult(share());
}
