namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>An ambiguous path does not bypass the policy of a route.</summary>
[Collection(nameof(FrontFleet))]
public sealed class RouteGuardTests(FrontFleet shared)
{
    [Theory]
    [InlineData("/admin/../chat")]
    [InlineData("/chat/../admin/x")]
    [InlineData("/chat/%2e%2e/admin/x")]
    [InlineData("/chat/.%2E/admin/x")]
    [InlineData("/admin%2Fx")]
    [InlineData("/chat/..%2fadmin/x")]
    [InlineData("/chat/..%5cadmin%5Cx")]
    [InlineData("/chat\\..\\admin\\x")]
    [InlineData("//admin/x")]
    [InlineData("/%61dmin/x")]
    [InlineData("http://x/chat/../admin/x")]
    [InlineData("http://x/admin%2Fx")]
    public async Task PathThatMayBelongToAnotherRoute_IsRefused(string target)
    {
        var refusals = await shared.Refusals($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.All(refusals, refusal =>
        {
            Assert.Equal((refusal.Door, 400), (refusal.Door, refusal.Answer.Status));
            Assert.Contains("Ambiguous path", refusal.Body, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("/admin/a/../b")]
    [InlineData("/admin/a%2Fb//c")]
    [InlineData("/chat/../other")]
    [InlineData("/other/%61dmin/x")]
    [InlineData("/./admin/x/../../chat")]
    [InlineData("//a")]
    public async Task PathThatBelongsToTheSameRoutesEitherWay_Passes(string target)
    {
        var seen = await shared.AtNode($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.All(seen, at => Assert.Equal((at.Door, target), (at.Door, at.Request.Target)));
    }
}
