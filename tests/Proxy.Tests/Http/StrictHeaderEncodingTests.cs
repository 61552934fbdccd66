using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Tests.Http;

public sealed class StrictHeaderEncodingTests
{
    [Theory]
    [InlineData("5", true)]
    [InlineData("0005", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("+5", false)]
    [InlineData("-0", false)]
    [InlineData("5 5", false)]
    [InlineData("", false)]
    [InlineData("00000000000000000000000000000000000000000005", false)]
    public void Length_IsDigitsOnly(string value, bool isRead) => Assert.Equal(
        isRead ? value : "no number", StrictHeaderEncoding.Length.GetString(Encoding.Latin1.GetBytes(value)));

    [Theory]
    [InlineData("chat.example", "chat.example")]
    [InlineData("chat.example:80", "chat.example:80")]
    [InlineData("chat.example:", "chat.example")]
    [InlineData("[::1]:", "[::1]")]
    [InlineData("caf\u00E9:", "caf\u00E9")]
    [InlineData(":", ":")]
    [InlineData("", "")]
    public void Host_IsReadWithoutAnEmptyPort(string value, string expected) =>
        Assert.Equal(expected, StrictHeaderEncoding.Host.GetString(Encoding.Latin1.GetBytes(value)));
}
