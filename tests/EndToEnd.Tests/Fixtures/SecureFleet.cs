using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A balancer that accepts TLS, with three scripted nodes, for all the tests of a class.</summary>
public sealed class SecureFleet : IAsyncLifetime
{
    private const string Endpoint = "Kestrel:Endpoints:secure";

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly string? _engine;
    private ScriptedFleet? _fleet;

    public SecureFleet()
        : this(engine: null)
    {
    }

    /// <param name="engine">The engine of the balancer's sockets; null for the engine of the whole suite.</param>
    internal SecureFleet(string? engine) => _engine = engine;

    internal ScriptedFleet Fleet => _fleet ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => _fleet = await ScriptedFleet.Start(
        config => config
            .Set("Urls", null)
            .Set($"{Endpoint}:Url", "https://127.0.0.1:0")
            .Set($"{Endpoint}:Certificate:Path", _certificate.Path)
            .Set($"{Endpoint}:Certificate:Password", _certificate.Password),
        _engine);

    /// <summary>
    /// Begins a test with a client of its own: clears earlier requests, and sets the script of every node.
    /// </summary>
    internal Http2Client Begin(Func<NodeConnection, Task>? script = null)
    {
        foreach (var node in Fleet.Nodes)
        {
            node.Forget();
            node.Script = script ?? Script.Echo();
        }

        return new Http2Client(_certificate);
    }

    internal Uri Url(string user) => new($"wss://127.0.0.1:{Fleet.Balancer.Port}/chat?user={user}");

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        _certificate.Dispose();
    }
}
