using WsBalancer.Proxy.Fleet;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class NodeWeightTests
{
    [Theory]
    [InlineData("Weight", "0", 0)]
    [InlineData("weight", "7", 7)]
    [InlineData("Weight", "65535", 65_535)]
    [InlineData("Other", "7", 1)]
    public void Weight_IsThatOfTheMetadata(string key, string text, int weight)
    {
        Assert.Null(NodeWeight.MistakeIn(Destination(key, text)));
        Assert.Equal(weight, NodeWeight.Of(Destination(key, text)));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("65536")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("heavy")]
    public void Weight_ThatIsNone_IsAMistake(string text) => Assert.Equal(
        $"'{text}': expected a whole number from 0 to 65535 (default 1)",
        NodeWeight.MistakeIn(Destination("Weight", text)));

    private static DestinationConfig Destination(string key, string value) =>
        new() { Metadata = new Dictionary<string, string> { [key] = value } };
}
