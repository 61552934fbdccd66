using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Tests.Http;

public sealed class ConnectionOptionEncodingTests
{
    [Theory]
    [InlineData("Upgrade", "Upgrade, keep-alive")]
    [InlineData("Upgrade, X-App", "Upgrade, X-App, keep-alive")]
    [InlineData("close,\tX-App", "close, X-App, keep-alive")]
    [InlineData("keep-alive, Upgrade", "keep-alive, Upgrade")]
    [InlineData("Keep-Alive, X-App", "X-App")]
    [InlineData("keep-alive", "keep-alive")]
    [InlineData("X-App, X-Other", "X-App, X-Other")]
    [InlineData("", "")]
    [InlineData("\u00E9", "\u00E9")]
    public void Options_AreReadSoThatTheServerKeepsThem(string value, string expected) =>
        Assert.Equal(expected, ConnectionOptionEncoding.Instance.GetString(Encoding.Latin1.GetBytes(value)));
}
