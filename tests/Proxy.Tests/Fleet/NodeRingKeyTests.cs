using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class NodeRingKeyTests
{
    private static readonly RingAlgorithm Nginx = RingAlgorithm.Find("nginx")!;

    [Theory]
    [InlineData("http://10.0.0.1:5001/", "10.0.0.1:5001")]
    [InlineData("http://10.0.0.1", "10.0.0.1:80")]
    [InlineData("https://chat.example/path", "chat.example:443")]
    [InlineData("http://Chat.Example:80/", "chat.example:80")]
    [InlineData("http://[2001:DB8:0::1]:81/", "[2001:db8::1]:81")]
    [InlineData("chat.example", null)]
    public void Key_ByDefault_IsHostAndPortOfTheAddress(string address, string? key) =>
        Assert.Equal(key, NodeRingKey.Of(new DestinationConfig { Address = address }, Nginx));

    [Theory]
    [InlineData("RingKey")]
    [InlineData("ringkey")]
    public void Key_ThatIsConfigured_IsTakenAsItIs(string name) =>
        Assert.Equal(" Ws-1 ", NodeRingKey.Of(Destination(" Ws-1 ", name), Nginx));

    [Fact]
    public void Ring_ThatHashesIds_HasNoKeysAndAcceptsAny()
    {
        var rendezvous = RingAlgorithm.Default;

        Assert.Null(NodeRingKey.Of(Destination("ws-1"), rendezvous));
        Assert.Null(NodeRingKey.MistakeIn(Destination(""), rendezvous));
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void Key_HasABound(int length, bool isRight) => Assert.Equal(
        isRight ? null : $"'{new string('x', 32)}…', 1025 bytes: expected at most 1024",
        NodeRingKey.MistakeIn(Destination(new string('x', length)), Nginx));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Key_IsMeasuredInBytes(int letters, bool isRight) => Assert.Equal(
        isRight, NodeRingKey.MistakeIn(Destination(new string('é', letters)), Nginx) is null);

    [Fact]
    public void Key_ThatIsEmpty_IsAMistake() =>
        Assert.Equal("'': expected 1 to 1024 bytes", NodeRingKey.MistakeIn(Destination(""), Nginx));

    [Theory]
    [InlineData("haproxy", false)]
    [InlineData("nginx", true)]
    public void Key_MayBeMissing_ButForHaproxy(string algorithm, bool mayBe) => Assert.Equal(
        mayBe ? null : "missing: expected the server's id in HAProxy, which numbers servers by their order, and "
            + "configuration keeps none",
        NodeRingKey.MistakeIn(new DestinationConfig { Address = "http://h:1/" }, RingAlgorithm.Find(algorithm)!));

    private static DestinationConfig Destination(string key, string name = "RingKey") => new()
    {
        Address = "http://10.0.0.1:5001/",
        Metadata = new Dictionary<string, string> { [name] = key },
    };
}
