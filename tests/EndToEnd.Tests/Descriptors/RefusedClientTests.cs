using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>
/// A client for which there is no descriptor receives a 503 with Retry-After, and is counted; the log reports the
/// shortage once.
/// </summary>
public sealed partial class RefusedClientTests
{
    // The last 64 of these descriptors are reserved: the balancer does not use them for clients.
    private const int Room = 104;
    private const int Refused = 20;

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task RefusedClients_ReceiveARetryAfter_AreCountedAndLoggedOnce(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(_ => { }, engine);
        await fleet.Balancer.Visit("alice");
        await fleet.Balancer.Scrape();
        fleet.Balancer.Process.LeaveDescriptors(Room);

        var silent = await FillAsync(fleet.Balancer);
        var answers = new List<MessageAnswer>();
        for (var i = 0; i < Refused; i++)
        {
            answers.Add(await SendAsync(fleet.Balancer));
        }

        silent.ForEach(client => client.Dispose());
        await Deadline.Until(
            "clients are accepted again",
            () => fleet.Balancer.Process.Output.Contains("Clients are accepted again", StringComparison.Ordinal),
            () => fleet.Balancer.Process.Output);

        Assert.All(answers, answer => Assert.Equal(503, answer.Status));
        Assert.All(answers, answer => Assert.InRange(answer.RetryAfter, 1, 5));
        Assert.All(answers, answer =>
            Assert.Contains("\"reason\":\"no_descriptor\"", answer.Body, StringComparison.Ordinal));
        Assert.Single(Shortages().Matches(fleet.Balancer.Process.Output));
        Assert.InRange(
            (await fleet.Balancer.Scrape()).Sum("wsbalancer_rejected_total", "reason=\"no_descriptor\""),
            Refused,
            Refused + Room + Refused);
        await fleet.Balancer.Visit("alice");
    }

    /// <summary>Opens more connections than there are descriptors, without sending anything.</summary>
    private static async Task<List<RawClient>> FillAsync(Balancer balancer)
    {
        var silent = new List<RawClient>();
        for (var i = 0; i < Room + Refused; i++)
        {
            silent.Add(await RawClient.Connect(balancer.Port));
        }

        await Deadline.Until(
            "the shortage is told", () => Shortages().IsMatch(balancer.Process.Output), () => balancer.Process.Output);
        return silent;
    }

    private static async Task<MessageAnswer> SendAsync(Balancer balancer)
    {
        using var client = await balancer.SendRequest("bob");
        return new MessageAnswer(
            client.Response.Status,
            int.Parse(client.Response["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture),
            await client.ReadBody());
    }

    // The shortage is logged once, as an Error.
    [GeneratedRegex("No client can be accepted")]
    private static partial Regex Shortages();

    private sealed record MessageAnswer(int Status, int RetryAfter, string Body);
}
