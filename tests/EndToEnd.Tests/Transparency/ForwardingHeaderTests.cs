namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Forwarding headers of a client are removed; those of a trusted proxy are passed on.</summary>
[Collection(nameof(FrontFleet))]
public sealed class ForwardingHeaderTests(FrontFleet shared)
{
    private static readonly string[] Spellings =
    [
        "X-Forwarded-For", "x_forwarded_for", "X_Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Ssl",
        "X-Forwarded-Scheme", "X_Forwarded_Proto", "X-Forwarded-Server", "X-Forwarded-Anything", "X-Forwarded",
        "X-Original-URL", "X_Original_Host", "X-Original-For", "Forwarded", "X-Real-IP", "X_Real_IP", "True-Client-IP",
        "true_client_ip", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "Client-IP", "Fastly-Client-IP",
        "X-Azure-ClientIP", "X-ProxyUser-Ip", "X-Corp-Client", "x_corp_client",
    ];

    private static readonly string Claims = string.Concat(Spellings.Select(name => $"{name}: 6.6.6.6\r\n"));

    [Fact]
    public async Task AnySpelling_FromAClient_IsRemoved()
    {
        foreach (var headers in (string[])["", "Connection: X-Forwarded-For, Forwarded\r\n"])
        {
            var seen = await shared.AtNode(
                $"GET /chat HTTP/1.1\r\nHost: chat.example:81\r\n{headers}{Claims}X-Other: mine\r\n\r\n");

            Assert.All(seen, at =>
            {
                Assert.DoesNotContain("6.6.6.6", at.Request.Text, StringComparison.Ordinal);
                Assert.Equal("127.0.0.1", at.Request["X-Forwarded-For"]);
                Assert.Equal("127.0.0.1", at.Request["X-Real-IP"]);
                Assert.Equal("mine", at.Request["X-Other"]);
                Assert.Equal(
                    $"for=127.0.0.1;host=\"chat.example:81\";proto={(at.Door.IsSecure ? "https" : "http")}",
                    at.Request["Forwarded"]);
            });
        }
    }

    [Fact]
    public async Task HeadersOfATrustedProxy_AreKeptOrAppendedTo()
    {
        var seen = await shared.AtNode(
            $"GET /chat HTTP/1.1\r\nHost: x\r\n{Claims}Forwarded: for=7.7.7.7\r\n\r\n", FrontFleet.TrustedAddress);

        Assert.All(seen, at =>
        {
            Assert.Equal($"6.6.6.6, {FrontFleet.TrustedAddress}", at.Request["X-Forwarded-For"]);
            Assert.EndsWith(
                $"for=7.7.7.7, for={FrontFleet.TrustedAddress};host=x;proto={(at.Door.IsSecure ? "https" : "http")}",
                at.Request["Forwarded"],
                StringComparison.Ordinal);
            Assert.All(
                ["X-Forwarded-Port", "X-Original-URL", "True-Client-IP", "true_client_ip", "X-Corp-Client"],
                name => Assert.Equal((name, "6.6.6.6"), (name, at.Request[name])));

            // A node that maps "-" and "_" to one name would read the wrong value.
            Assert.Null(at.Request["x_forwarded_for"] ?? at.Request["X_Real_IP"] ?? at.Request["X_Forwarded_Proto"]);
        });
    }

    [Fact]
    public async Task HeaderThatUserIdsAreReadFrom_IsAcceptedFromAClient()
    {
        var seen = await shared.AtNode("GET /chat HTTP/1.1\r\nHost: x\r\nX-Forwarded-User: alice\r\n\r\n");

        Assert.All(seen, at => Assert.Equal((at.Door, "alice"), (at.Door, at.Request["X-Forwarded-User"])));
    }
}
