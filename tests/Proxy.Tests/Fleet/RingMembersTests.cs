using System.Globalization;
using WsBalancer.Proxy.Fleet;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class RingMembersTests
{
    private const string Destinations = "ReverseProxy:Clusters:chat:Destinations:";

    [Theory]
    [InlineData("rendezvous")]
    [InlineData("nginx")]
    [InlineData("maglev")]
    public void Nodes_WithoutAnythingButAddresses_AreRight(string algorithm) =>
        Assert.Empty(MistakesIn(algorithm, ("ws-1", "h:1", null, null), ("ws-2", "h:2", null, null)));

    [Fact]
    public void Keys_OfHaproxy_AreServerNumbers() => Assert.Equal(
        [
            "ws-3:Metadata:RingKey is missing: expected the server's id in HAProxy, which numbers servers by their "
                + "order, and configuration keeps none.",
            "ws-4:Metadata:RingKey is missing: expected the server's id in HAProxy, which numbers servers by their "
                + "order, and configuration keeps none.",
            "ws-5:Metadata:RingKey is '1': expected a key of its own, but node 'ws-1' has it.",
            "ws-2:Metadata:RingKey is 'second': expected the server's id in HAProxy, a whole number from 1 to "
                + "2147483647.",
            "ws-6:Metadata:RingKey is '1048577': expected a number that is not that of node 'ws-1', or 1048576 or a "
                + "multiple away from it: HAProxy gives both the same points.",
        ],
        MistakesIn(
            "haproxy",
            ("ws-1", "h:1", "1", null),
            ("ws-2", "h:2", "second", null),
            ("ws-3", "h:3", null, null),
            ("ws-4", "h:3", null, null),
            ("ws-5", "h:5", "1", null),
            ("ws-6", "h:6", "1048577", null)));

    [Fact]
    public void Keys_ThatAreThereTwice_AreReportedWithTheirOrigin() => Assert.Equal(
        [
            "ws-2:Metadata:RingKey is 'h:1', from its address: expected a key of its own, but node 'ws-1' has it.",
            "ws-3:Metadata:RingKey is 'h:1': expected a key of its own, but node 'ws-1' has it.",
        ],
        MistakesIn(
            "nginx", ("ws-1", "h:1", null, null), ("ws-2", "h:1", null, null), ("ws-3", "h:3", "h:1", null)));

    [Fact]
    public void Keys_ThatAreThereTwice_DoNotMatterToARingOfIds() => Assert.Empty(
        MistakesIn("rendezvous", ("ws-1", "h:1", null, null), ("ws-2", "h:1", "", null), ("ws-3", "h:3", "", null)));

    [Fact]
    public void Weights_HaveTheBoundsOfTheRing() => Assert.Equal(
        ["ws-2:Metadata:Weight is '257': expected at most 256 with 'haproxy'."],
        MistakesIn("haproxy", ("ws-1", "h:1", "1", "256"), ("ws-2", "h:2", "2", "257")));

    [Fact]
    public void Weights_HaveABoundInAll() => Assert.Equal(
        [" Sum of weights is '104858': expected at most 104857 with 'nginx': 160 points for each."],
        MistakesIn("nginx", ("ws-1", "h:1", null, "65535"), ("ws-2", "h:2", null, "39323")));

    [Fact]
    public void Mistakes_OfDifferentKinds_AreReportedTogether() => Assert.Equal(
        [
            "ws-1:Metadata:Weight is 'heavy': expected a whole number from 0 to 65535 (default 1).",
            "ws-2:Metadata:RingKey is '': expected 1 to 1024 bytes.",
            "ws-3:Metadata:RingKey is 'h:1', from its address: expected a key of its own, but node 'ws-1' has it.",
        ],
        MistakesIn(
            "nginx",
            ("ws-1", "h:1", null, "heavy"),
            ("ws-2", "h:2", "", null),
            ("ws-3", "h:1", null, null),
            ("ws-4", "?", null, null)));

    [Fact]
    public void Algorithm_ThatIsUnknown_ReportsNoMistakesOfTheNodes() =>
        Assert.Empty(MistakesIn("consistent", ("ws-1", "h:1", "", "heavy")));

    private static IEnumerable<string> MistakesIn(
        string algorithm, params (string Id, string HostAndPort, string? Key, string? Weight)[] nodes) =>
        RingMembers.MistakesIn(
            "chat",
            nodes.ToDictionary(node => node.Id, node => DestinationOf(node.HostAndPort, node.Key, node.Weight)),
            new RingSettings { Algorithm = algorithm })
        .Select(mistake =>
        {
            Assert.StartsWith($"{mistake.Key} is ", mistake.Message, StringComparison.Ordinal);
            return mistake.Message[Destinations.Length..];
        });

    private static DestinationConfig DestinationOf(string hostAndPort, string? key, string? weight) => new()
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"http://{hostAndPort}/"),
        Metadata = new (string Key, string? Value)[] { ("RingKey", key), ("Weight", weight) }
            .Where(entry => entry.Value is not null)
            .ToDictionary(entry => entry.Key, entry => entry.Value!),
    };
}
