using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Closing;

/// <summary>A channel to other balancers that the test plays; without them until it has an answer.</summary>
internal sealed class TestDisconnections : IDisconnectionChannel
{
    public event Action<Disconnection>? Received;

    /// <summary>The disconnections that were sent while there was an answer.</summary>
    public List<Disconnection> Sent { get; } = [];

    /// <summary>Whether a disconnection arrives; null without other balancers.</summary>
    public bool? Answer { get; set; }

    public void Receive(Disconnection disconnection) => Received?.Invoke(disconnection);

    public Task<bool?> SendAsync(Disconnection disconnection, CancellationToken cancellation)
    {
        if (Answer is not null)
        {
            Sent.Add(disconnection);
        }

        return Task.FromResult(Answer);
    }
}
