using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>Many connections that send nothing.</summary>
internal sealed class IdleFlood : IDisposable
{
    /// <summary>The descriptors that a balancer with a limit of 400 can still open after its start.</summary>
    public const int Room = 140;

    private const int Many = 600;

    private readonly List<RawClient> _clients = [];

    /// <summary>Opens far more connections than the balancer can accept.</summary>
    public static async Task<IdleFlood> Begin(int port)
    {
        var flood = new IdleFlood();
        while (flood._clients.Count < Many)
        {
            flood._clients.Add(await RawClient.Connect(port));
        }

        return flood;
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());
}
