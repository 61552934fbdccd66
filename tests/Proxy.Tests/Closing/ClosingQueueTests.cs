using CsCheck;
using WsBalancer.Proxy.Closing;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class ClosingQueueTests
{
    // Two balancers have different tunnels of the same users, and list them in different orders.
    [Fact]
    public void Order_IsTheSameAtEveryBalancer() =>
        Gen.Select(Gen.Int[1, 60], Gen.String[Gen.Char.AlphaNumeric, 1, 12]).Sample((users, operation) =>
        {
            using var here = new Crowd(users, tunnelsEach: 1);
            using var there = new Crowd(users, tunnelsEach: 2);

            Assert.Equal(
                Users(operation, here.Tunnels),
                Users(operation, there.Tunnels.Reverse()));
        });

    [Fact]
    public void Order_IsAnotherForEveryOperation_AndNotThatOfTheNames()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        var one = Users("drain-1", crowd.Tunnels);

        Assert.NotEqual(one, Users("drain-2", crowd.Tunnels));
        Assert.NotEqual(one.Order(StringComparer.Ordinal), one);
        Assert.NotEqual(crowd.Tunnels.Select(tunnel => tunnel.Tunnel.Identity.User), one);
    }

    // The order is a contract between releases: balancers of two releases drain together.
    [Fact]
    public void Order_IsThatOfXxHash3OverTheUserSeededByTheOperation()
    {
        using var crowd = new Crowd(users: 4, tunnelsEach: 1);

        Assert.Equal(["user-1", "user-2", "user-0", "user-3"], Users("drain-1", crowd.Tunnels));
    }

    [Fact]
    public void Remaining_CountsTunnels_NotUsers()
    {
        using var crowd = new Crowd(users: 3, tunnelsEach: 4);
        var queue = Fill("drain-1", crowd.Tunnels);
        Assert.Equal(12, queue.Remaining);

        Assert.Equal(4, queue.Take()!.Value.TunnelsIn(crowd.Registry).Count);

        Assert.Equal(8, queue.Remaining);
    }

    [Fact]
    public void Tunnels_WithoutUser_AreEachAlone()
    {
        using var crowd = new Crowd(users: 0, tunnelsEach: 0);
        using var one = crowd.Open(null);
        using var other = crowd.Open(null);
        var queue = Fill("drain-1", [one, other]);

        Assert.Single(queue.Take()!.Value.TunnelsIn(crowd.Registry));
        Assert.Single(queue.Take()!.Value.TunnelsIn(crowd.Registry));
        Assert.True(queue.IsEmpty);
        Assert.Null(queue.Take());
    }

    private static List<string?> Users(string operation, IEnumerable<TestTunnel> tunnels)
    {
        var queue = Fill(operation, tunnels);
        var users = new List<string?>();
        while (queue.Take() is { } user)
        {
            users.Add(user.Any.Identity.User);
        }

        return users;
    }

    private static ClosingQueue Fill(string operation, IEnumerable<TestTunnel> tunnels)
    {
        var queue = new ClosingQueue(operation);
        queue.Fill(tunnels.Select(tunnel => tunnel.Tunnel));
        return queue;
    }
}
