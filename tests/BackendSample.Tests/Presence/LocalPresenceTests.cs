using WsBalancer.BackendSample.Presence;

namespace WsBalancer.BackendSample.Tests.Presence;

public sealed class LocalPresenceTests
{
    private readonly LocalPresence _local = new();

    [Fact]
    public void Read_CountsTheDevicesOfEachUser()
    {
        _local.Add("r", "alice");
        _local.Add("r", "bob");
        _local.Add("r", "bob");
        _local.Add("other", "carol");
        _local.Remove("r", "alice");

        Assert.Equal([new UserDevices("bob", 2)], _local.Read("r", users: null));
        Assert.Equal([new UserDevices("bob", 2)], _local.Read("r", ["alice", "bob"]));
        Assert.Empty(_local.Read("r", ["alice"]));
        Assert.Empty(_local.Read("none", users: null));
        Assert.True(_local.IsOccupied("r"));
    }

    [Fact]
    public void Take_ReturnsEachChangedUserOnce_WithTheLastNumberOfDevices()
    {
        _local.Add("r", "bob");
        _local.Add("r", "bob");
        _local.Add("r", "bob");
        _local.Remove("r", "bob");

        var change = Assert.Single(_local.Take(10));

        Assert.Equal([new UserChange("bob", 2, IsNews: true)], change.Users);
        Assert.Equal(("r", true, false), (change.Room, change.MustList, change.IsEmpty));
        _local.Settle(change, isWritten: true, isAnnounced: true);
        Assert.Empty(_local.Take(10));
    }

    [Fact]
    public void AUserWhoLeavesBeforeAnythingIsPublished_IsNoChange_AndNeedsNoMemory()
    {
        _local.Add("r", "bob");
        _local.Remove("r", "bob");

        Assert.Empty(_local.Take(10));

        Assert.Equal(0, _local.Count);
    }

    [Fact]
    public void AUserWhoLeavesAndReturns_IsNoChange()
    {
        _local.Add("r", "bob");
        Publish();

        _local.Remove("r", "bob");
        _local.Add("r", "bob");

        Assert.Empty(_local.Take(10));
        Assert.Equal([new UserDevices("bob", 1)], _local.Read("r", users: null));
    }

    [Fact]
    public void TheLastUserWhoLeaves_EmptiesTheRoom_WhichIsForgottenWhenThatIsPublished()
    {
        _local.Add("r", "bob");
        Publish();
        _local.Remove("r", "bob");

        var change = Assert.Single(_local.Take(10));

        Assert.Equal([new UserChange("bob", 0, IsNews: true)], change.Users);
        Assert.True(change.IsEmpty);
        Assert.Equal(1, _local.Count);
        _local.Settle(change, isWritten: true, isAnnounced: true);
        Assert.Equal(0, _local.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void AChangeThatIsNotPublished_IsTakenAgain(bool isWritten, bool isAnnounced)
    {
        _local.Add("r", "bob");
        _local.Settle(Assert.Single(_local.Take(10)), isWritten, isAnnounced);

        var change = Assert.Single(_local.Take(10));

        Assert.Equal([new UserChange("bob", 1, IsNews: true)], change.Users);
        Assert.Equal(!isWritten, change.MustList);
    }

    [Fact]
    public void AChangeDuringAWrite_IsTakenAfterwards()
    {
        _local.Add("r", "bob");
        var first = Assert.Single(_local.Take(10));
        _local.Remove("r", "bob");
        _local.Settle(first, isWritten: true, isAnnounced: true);

        Assert.Equal([new UserChange("bob", 0, IsNews: true)], Assert.Single(_local.Take(10)).Users);
    }

    [Fact]
    public void ChangesDuringAWriteThatCancelEachOther_AreForgotten()
    {
        _local.Add("r", "bob");
        Publish();
        _local.Remove("r", "bob");
        var left = Assert.Single(_local.Take(10));
        _local.Add("r", "bob");
        _local.Remove("r", "bob");
        _local.Settle(left, isWritten: true, isAnnounced: true);

        Assert.Empty(_local.Take(10));

        Assert.Equal(0, _local.Count);
    }

    [Fact]
    public void Take_OfMoreUsersThanTheLimit_LeavesTheOthers()
    {
        for (var user = 0; user < 5; user++)
        {
            _local.Add("a", $"{user}");
            _local.Add("b", $"{user}");
        }

        int[] taken = [Publish(4), Publish(4), Publish(4)];

        Assert.Equal([4, 4, 2], taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Republish_MakesEveryUserAChange_AsNewsOnlyIfRequested(bool isNews)
    {
        _local.Add("r", "bob");
        Publish();

        _local.Republish(isNews);

        var change = Assert.Single(_local.Take(10));
        Assert.Equal([new UserChange("bob", 1, isNews)], change.Users);
        Assert.True(change.MustList);
    }

    private int Publish(int most = 10)
    {
        var changes = _local.Take(most);
        changes.ForEach(change => _local.Settle(change, isWritten: true, isAnnounced: true));
        return changes.Sum(change => change.Users.Count);
    }
}
