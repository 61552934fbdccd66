using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// One node behind a balancer on each engine, each in clear and over TLS, for all tests of requests that the balancer
/// receives.
/// </summary>
public sealed class FrontFleet : IAsyncLifetime
{
    /// <summary>The address of a client whose forwarding headers are trusted.</summary>
    public const string TrustedAddress = "127.0.0.9";

    /// <summary>The fields of a handshake.</summary>
    public const string Handshake =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Version: 13\r\n";

    private const string Routes = "ReverseProxy:Routes";

    private static readonly string[] Engines = ["io_uring", "epoll", "sockets"];

    private Door[] _doors = [];

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    internal TestCertificate Certificate { get; } = TestCertificate.Create();

    internal IReadOnlyList<Door> Doors => _doors;

    public async ValueTask InitializeAsync()
    {
        var balancers = await Task.WhenAll(Engines.Select(async engine =>
            (Engine: engine, Balancer: await Balancer.Start(Config(), engine))));
        _doors =
        [
            .. from started in balancers
               from certificate in new[] { null, Certificate }
               select new Door(started.Engine, certificate, started.Balancer),
        ];
    }

    /// <summary>The head of a request as the node receives it, once for each door.</summary>
    internal async Task<List<(Door Door, MessageHead Request)>> AtNode(string request, string from = "127.0.0.1")
    {
        var seen = new List<(Door, MessageHead)>();
        foreach (var door in _doors)
        {
            seen.Add((door, (await Exchange(door, request, Script.Answer(200, "OK", "fine"), from)).Request
                ?? throw new InvalidOperationException($"Nothing reached the node through {door}.")));
        }

        return seen;
    }

    /// <summary>The answer through each door to a request that must not reach the node.</summary>
    internal async Task<List<(Door Door, MessageHead Answer, string Body)>> Refusals(string request)
    {
        var answers = new List<(Door, MessageHead, string)>();
        foreach (var door in _doors)
        {
            var (answer, body, seen) = await Exchange(door, request, Script.Answer(200, "OK", "fine"));

            Assert.True(seen is null, $"{door} passed the request on: {seen?.Text}");
            answers.Add((door, answer, body));
        }

        return answers;
    }

    /// <summary>Sends a request, and reads the answer and the request at the node.</summary>
    internal async Task<(MessageHead Answer, string Body, MessageHead? Request)> Exchange(
        Door door, string request, Func<NodeConnection, Task> script, string from = "127.0.0.1")
    {
        Node.Forget();
        Node.Script = script;
        using var wire = await door.Send(request, from);
        using var client = new RawClient(0, wire);
        var answer = await wire.ReadHead() ?? throw new EndOfStreamException($"No answer through {door}.");
        return (answer, answer.Status == 101 ? "" : await client.ReadBody(answer), Node.Requests.FirstOrDefault());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _doors.Select(door => door.Balancer).Distinct())
        {
            await balancer.DisposeAsync();
        }

        await Node.DisposeAsync();
        Certificate.Dispose();
    }

    private BalancerConfig Config() => BalancerConfig.With(Node)
        .WithTwoEndpoints(Certificate)
        .Set("WsBalancer:TrustedProxies", new JsonArray(TrustedAddress))
        .Set("WsBalancer:ForwardedHeaders:AlsoRemove", new JsonArray("X-Corp-Client"))
        .Set("WsBalancer:ForwardedHeaders:SendForwarded", true)
        .Set($"{BalancerConfig.ClusterKey}:UserKey", new JsonArray("query:user", "header:X-Forwarded-User"))
        .Set($"{BalancerConfig.ClusterKey}:OnMissingUserKey", "Spread")
        .Set($"{Routes}:{BalancerConfig.Cluster}:Order", 10)
        .Set($"{Routes}:admin:ClusterId", BalancerConfig.Cluster)
        .Set($"{Routes}:admin:Match:Path", "/admin/{**any}")
        .Set($"{Routes}:named:ClusterId", BalancerConfig.Cluster)
        .Set($"{Routes}:named:Match:Path", "/named")
        .Set($"{Routes}:named:Match:Hosts", new JsonArray("chat.example", "*.wild.example"))
        .Set($"{Routes}:named:Transforms", new JsonArray(Transform(("RequestHeader", "X-Route"), ("Set", "named"))))
        .Set($"{Routes}:cut:ClusterId", BalancerConfig.Cluster)
        .Set($"{Routes}:cut:Match:Path", "/cut/{**any}")
        .Set($"{Routes}:cut:Transforms", new JsonArray(Transform(("PathRemovePrefix", "/cut"))))
        .Set($"{Routes}:added:ClusterId", BalancerConfig.Cluster)
        .Set($"{Routes}:added:Match:Path", "/added/{**any}")
        .Set($"{Routes}:added:Transforms", new JsonArray(Transform(("QueryValueParameter", "x"), ("Set", "ä b"))))
        .Set($"{Routes}:set:ClusterId", BalancerConfig.Cluster)
        .Set($"{Routes}:set:Match:Path", "/set/{**any}")
        .Set($"{Routes}:set:Transforms", new JsonArray(Transform(("PathSet", "/ä b"))));

    private static JsonObject Transform(params (string Name, string Value)[] parts) =>
        new(parts.Select(part => KeyValuePair.Create(part.Name, (JsonNode?)part.Value)));
}

/// <summary>The tests that share a <see cref="FrontFleet"/>, one after the other.</summary>
[CollectionDefinition(nameof(FrontFleet))]
public sealed class FrontFleetTests : ICollectionFixture<FrontFleet>;
