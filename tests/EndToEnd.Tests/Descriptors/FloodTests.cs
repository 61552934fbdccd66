using System.Globalization;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>
/// A flood of idle connections, more than there are descriptors, ends neither the process nor a tunnel, and a flooded
/// port does not block the other port.
/// </summary>
public sealed class FloodTests
{
    private const string Full = "admin_connections";

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task AdminPort_Flooded_DoesNotAffectUsers_AndIsFreeAfterwards(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(WithoutTimeouts, engine);
        using var tunnel = await OpenAsync(fleet.Balancer);
        fleet.Balancer.Process.LeaveDescriptors(IdleFlood.Room);
        MessageHead refused;

        using (await IdleFlood.Begin(fleet.Balancer.AdminPort))
        {
            refused = await SendAsync(fleet.Balancer.AdminPort);
            await fleet.Balancer.Visit("bob");
            await EchoAsync(tunnel);
        }

        await UntilAnswered(fleet.Balancer);
        Assert.Equal(503, refused.Status);
        Assert.InRange(int.Parse(refused["Retry-After"]!, CultureInfo.InvariantCulture), 1, 5);
        var scrape = await fleet.Balancer.Scrape();
        Assert.InRange(scrape.Sum("wsbalancer_rejected_total", $"reason=\"{Full}\""), 500, 700);
        Assert.InRange(
            fleet.Balancer.Process.Lines.Count(line => line.Contains($"reason={Full}", StringComparison.Ordinal)),
            1,
            100);
        await EchoAsync(tunnel);
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task UsersPort_Flooded_DoesNotAffectTheAdminPortAndTunnels_AndIsFreeAfterwards(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(WithoutTimeouts, engine);
        using var tunnel = await OpenAsync(fleet.Balancer);
        fleet.Balancer.Process.LeaveDescriptors(IdleFlood.Room);
        MessageHead refused;

        using (await IdleFlood.Begin(fleet.Balancer.Port))
        {
            refused = await SendAsync(fleet.Balancer.Port);
            Assert.Equal("chat", (string?)(await fleet.Balancer.Cluster())["id"]);
            await EchoAsync(tunnel);
        }

        await Deadline.Until(
            "clients are accepted again",
            () => fleet.Balancer.Process.Output.Contains("Clients are accepted again", StringComparison.Ordinal),
            () => fleet.Balancer.Process.Output);

        // The shortage may return until the last connection of the flood has been accepted and closed.
        await Deadline.Until(
            "a tunnel is opened",
            async () =>
            {
                using var client = await fleet.Balancer.SendRequest("bob");
                return client.Response.Status == 101;
            },
            () => fleet.Balancer.Process.Output);
        await EchoAsync(tunnel);
        Assert.Equal(503, refused.Status);
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task BothPorts_Flooded_DoNotAffectTheProcessAndTunnels_AndAreFreeAfterwards(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(WithoutTimeouts, engine);
        using var tunnel = await OpenAsync(fleet.Balancer);
        fleet.Balancer.Process.LeaveDescriptors(IdleFlood.Room);

        using (await IdleFlood.Begin(fleet.Balancer.Port))
        using (await IdleFlood.Begin(fleet.Balancer.AdminPort))
        {
            Assert.Equal(503, (await SendAsync(fleet.Balancer.Port)).Status);
            Assert.Equal(503, (await SendAsync(fleet.Balancer.AdminPort)).Status);
            await EchoAsync(tunnel);
        }

        await UntilAnswered(fleet.Balancer);
        await Deadline.Until(
            "clients are accepted again", async () => (await SendAsync(fleet.Balancer.Port)).Status == 200);
        await EchoAsync(tunnel);
    }

    // Without timeouts, a flood lasts as long as the test needs, however slow the machine is.
    private static void WithoutTimeouts(BalancerConfig config) => config
        .Set("WsBalancer:Admin:FirstByteTimeout", "off")
        .Set("WsBalancer:Sockets:FirstByteTimeout", "off");

    private static async Task<RawClient> OpenAsync(Balancer balancer)
    {
        var tunnel = await balancer.Open("alice");
        await tunnel.ReadWelcome();
        return tunnel;
    }

    private static async Task EchoAsync(RawClient tunnel)
    {
        await tunnel.Send(Frame.Text("still here"));
        Assert.Equal("still here", (await tunnel.Read()).PayloadText);
    }

    // A full port responds before it has read a request.
    private static async Task<MessageHead> SendAsync(int port)
    {
        using var client = await RawClient.Connect(port);
        await client.Wire.Send("GET /livez?user=bob HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        return await client.Wire.ReadHead() ?? throw new EndOfStreamException("Connection ended without a response.");
    }

    private static Task UntilAnswered(Balancer balancer) => Deadline.Until(
        "the admin port answers again",
        async () => (await SendAsync(balancer.AdminPort)).Status == 200,
        () => balancer.Process.Output);
}
