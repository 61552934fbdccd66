namespace WsBalancer.HashRing.Tests;

public sealed class NodeMaskTests
{
    // Indexes in the first words of 64 bits, and far beyond.
    private static readonly Gen<int> Node = Gen.Frequency((3, Gen.Int[0, 200]), (1, Gen.Int[0, Ring.MaxNodes - 1]));

    [Fact]
    public void WithAndWithout_AreThoseOfASet() =>
        SmallRing.ForAll(Gen.Select(Gen.Bool, Node).Array[0, 40], static steps =>
        {
            var (mask, set) = (default(NodeMask), new HashSet<int>());
            foreach (var (isAdded, node) in steps)
            {
                _ = isAdded ? set.Add(node) : set.Remove(node);
                mask = isAdded ? mask.With(node) : mask.Without(node);
            }

            Assert.Equal(set.Count, mask.Count);
            Assert.Equal(set.Count == 0, mask.IsEmpty);
            Assert.All(steps, step => Assert.Equal(set.Contains(step.Item2), mask.Contains(step.Item2)));
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(Ring.MaxNodes)]
    public void All_HasExactlyTheNodesBelowTheCount(int count)
    {
        var mask = NodeMask.All(count);

        Assert.Equal(count, mask.Count);
        Assert.Equal(count > 0, mask.Contains(count - 1));
        Assert.False(mask.Contains(count));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(1000)]
    public void WithAndWithout_LeaveTheOriginalAsItWas(int node)
    {
        var mask = NodeMask.All(node + 1);

        Assert.False(mask.Without(node).Contains(node));
        Assert.True(mask.Contains(node));
        Assert.False(default(NodeMask).Contains(node));
        Assert.True(default(NodeMask).With(node).Contains(node));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Contains_WhatIsNoNode_IsFalse(int node) => Assert.False(NodeMask.All(Ring.MaxNodes).Contains(node));

    [Fact]
    public void Node_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => NodeMask.All(-1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => NodeMask.All(Ring.MaxNodes + 1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(NodeMask).With(-1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(NodeMask).With(Ring.MaxNodes));
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(NodeMask).Without(-1));
        Assert.True(default(NodeMask).With(Ring.MaxNodes - 1).Contains(Ring.MaxNodes - 1));
    }
}
