namespace WsBalancer.Proxy.Tests.Placement.Clients;

/// <summary>A handshake that a node has received, with every client that sends handshakes to nodes.</summary>
public sealed class TakenHandshakeTests
{
    public static TheoryData<string> Clients => ClientFleet.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task NodeThatAnswersLate_HasTheWholeTime(string client)
    {
        await using var fleet = await ClientFleet.StartAsync(client);
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        fleet.FirstAccepts = () => answer.Task;
        var handshake = fleet.HandshakeAsync();
        await Deadline.Until("the node has taken it", () => fleet.Handshakes.First == 1);

        fleet.App.Time.Advance(TimeSpan.FromSeconds(9.9));
        answer.SetResult(true);

        using var response = await handshake;
        await HandshakeTests.AssertEchoAsync(response);
        Assert.Equal((1, 0), fleet.Handshakes);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task NodeThatDoesNotAnswer_IsTheOnlyOneThatReceivesIt(string client)
    {
        await using var fleet = await ClientFleet.StartAsync(client);
        var never = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        fleet.FirstAccepts = () => never.Task;
        var handshake = fleet.HandshakeAsync();
        await Deadline.Until("the node has taken it", () => fleet.Handshakes.First == 1);

        fleet.App.Time.Advance(TimeSpan.FromSeconds(10));

        using var response = await handshake;
        await HandshakeTests.AssertProblemAsync(response, 504, "The node did not answer in time");
        Assert.Equal((1, 0), fleet.Handshakes);
        never.SetResult(false);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task NodeThatClosesTheConnection_ReceivesItOnce(string client)
    {
        await using var fleet = await ClientFleet.StartAsync(client);
        fleet.FirstAccepts = () => Task.FromResult(false);

        using var response = await fleet.HandshakeAsync();

        await HandshakeTests.AssertEchoAsync(response);
        Assert.Equal((1, 1), fleet.Handshakes);
    }
}
