using WsBalancer.Cli.Demo;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class DemoUsersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Users_LearnTheirNodeFromItsWelcome()
    {
        await using var node = await StubNode.StartAsync();
        await using var crowd = new DemoUsers(3, node.Address, TimeProvider.System);
        Assert.Empty(crowd.Placement());

        await crowd.ConnectAsync(Cancellation);
        Assert.Equal(["user-001", "user-002", "user-003"], crowd.Placement().Keys.Order());
        Assert.All(crowd.Placement().Values, name => Assert.Equal("ws-1", name));

        node.Name = "ws-2";
        await crowd.ConnectAsync(Cancellation);
        Assert.All(crowd.Placement().Values, name => Assert.Equal("ws-2", name));
    }

    [Fact]
    public async Task ARefusedUser_TriesAgain()
    {
        await using var node = await StubNode.StartAsync(refusals: 2);
        await using var crowd = new DemoUsers(1, node.Address, TimeProvider.System);

        await crowd.ConnectAsync(Cancellation);

        Assert.Equal("ws-1", crowd.Users[0].Node);
    }

    [Fact]
    public async Task AUserWhoseSocketIsLost_HasNoPlacement()
    {
        await using var node = await StubNode.StartAsync();
        await using var crowd = new DemoUsers(2, node.Address, TimeProvider.System);
        await crowd.ConnectAsync(Cancellation);

        node.Drop("user-001");
        await new Condition(TimeProvider.System).AwaitAsync(
            "the loss is seen",
            TimeSpan.FromSeconds(10),
            _ => Task.FromResult(crowd.Users[0].Node is null),
            Cancellation);

        Assert.Equal(["user-002"], crowd.Placement().Keys);
        Assert.Equal(1, await DemoUsers.CountAnsweringAsync(crowd.Users, "after the loss", Cancellation));
    }

    [Fact]
    public async Task AUserClosedWith1012_ReconnectsAutomatically()
    {
        await using var node = await StubNode.StartAsync();
        await using var crowd = new DemoUsers(2, node.Address, TimeProvider.System);
        await crowd.ConnectAsync(Cancellation);
        node.Name = "ws-2";

        await node.CloseAsync("user-001", code: 1012);
        await new Condition(TimeProvider.System).AwaitAsync(
            "it is back",
            TimeSpan.FromSeconds(10),
            _ => Task.FromResult(crowd.Users[0].Node is "ws-2"),
            Cancellation);

        Assert.Equal("ws-1", crowd.Users[1].Node);
        Assert.Equal([1, 0], crowd.Users.Select(user => user.Recalls));
        Assert.Equal(1, DemoUsers.RecallsOf(crowd.Users));
    }

    [Fact]
    public async Task AUserClosedWith1008_DoesNotReconnect()
    {
        await using var node = await StubNode.StartAsync();
        await using var crowd = new DemoUsers(1, node.Address, TimeProvider.System);
        await crowd.ConnectAsync(Cancellation);

        await node.CloseAsync("user-001", code: 1008);
        await new Condition(TimeProvider.System).AwaitAsync(
            "the end is seen",
            TimeSpan.FromSeconds(10),
            _ => Task.FromResult(crowd.Users[0].Node is null),
            Cancellation);

        Assert.Equal(0, crowd.Users[0].Recalls);
        Assert.Equal(0, await DemoUsers.CountAnsweringAsync(crowd.Users, "after the end", Cancellation));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("somebody else", false)]
    public async Task AMessage_CountsOnlyIfItNamesItsSender(string? falseSender, bool reaches)
    {
        await using var node = await StubNode.StartAsync();
        node.FalseSender = falseSender;
        await using var crowd = new DemoUsers(2, node.Address, TimeProvider.System);
        await crowd.ConnectAsync(Cancellation);

        Assert.Equal(reaches, await crowd.Users[0].ReachesAsync(crowd.Users[1], "hi", Cancellation));
    }
}
