using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Access;

namespace WsBalancer.Proxy.Tests.Access;

public sealed class RequestLineTests
{
    [Theory]
    [InlineData("/chat?token=x", "/chat")]
    [InlineData("/a%20b/%C3%A4", "/a%20b/%C3%A4")]
    [InlineData("http://user:secret@host:81/chat?token=x", "/chat")]
    [InlineData("host:443", "")]
    [InlineData("", "")]
    public void PathOf_HasNoQuery(string target, string path) => Assert.Equal(path, RequestFields.PathOf(target));

    [Fact]
    public void PathOf_IsCut() => Assert.Equal(1025, RequestFields.PathOf("/" + new string('x', 5000)).Length);

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", null)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", null)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c", null)]
    [InlineData("secret", null)]
    public void TraceOf_IsThatOfAValidTraceparent(string header, string? trace)
    {
        var headers = new HeaderDictionary { ["traceparent"] = header };

        Assert.Equal(trace, RequestFields.TraceOf(headers));
    }
}
