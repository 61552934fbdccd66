using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class SocketTableTests
{
    private readonly TargetTable<string> _table = new();

    [Fact]
    public void Add_AndRemoveInAnyOrder_NeverGivesANumberTwice()
    {
        var random = new Random(1);
        var live = new Dictionary<ulong, string>();
        var given = new HashSet<ulong>();
        for (var i = 0; i < 20_000; i++)
        {
            if (live.Count > 0 && random.Next(100) < 48)
            {
                var removed = live.Keys.ElementAt(random.Next(Math.Min(live.Count, 50)));
                live.Remove(removed);
                _table.Remove(removed);
            }
            else
            {
                var number = _table.Add($"{i}");
                Assert.True(given.Add(number));
                live.Add(number, $"{i}");
            }
        }

        Assert.Equal(live.Count, _table.Count);
        Assert.All(given, number => Assert.Equal(live.GetValueOrDefault(number), _table.Find(number)));
    }

    [Fact]
    public void Number_IsNotZero_AndLeavesTheUpperBitsToTheCaller()
    {
        for (var i = 0; i < 1000; i++)
        {
            var number = _table.Add("x");

            Assert.InRange(number, 1UL, 0xFFFF_FFFF_FFFFUL);
            Assert.Equal("x", _table.Find(number | 0xABCD_0000_0000_0000));
        }
    }

    [Fact]
    public void Number_AfterAllGenerationsOfAPlace_IsStillNotZero()
    {
        var number = _table.Add("x");
        for (var i = 0; i < 1 << 24; i++)
        {
            _table.Remove(number);
            number = _table.Add("x");
            if (number < 1 << 24)
            {
                Assert.Fail($"The number {number} has no generation.");
            }
        }
    }

    [Fact]
    public void Remove_OfARemovedNumber_RemovesNothing()
    {
        var old = _table.Add("old");
        _table.Remove(old);
        var other = _table.Add("other");

        _table.Remove(old);

        Assert.Equal("other", _table.Find(other));
        Assert.Null(_table.Find(old));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void Find_OfAnUnknownNumber_IsNull()
    {
        _table.Add("x");

        Assert.Null(_table.Find(0));
        Assert.Null(_table.Find(ulong.MaxValue));
    }
}
