using WsBalancer.HashRing.Maglev;

namespace WsBalancer.HashRing.Tests.Maglev;

/// <summary>The turns of the Maglev paper, with its own example and its guarantees.</summary>
public sealed class MaglevTableTests
{
    // Table 1 of the paper: permutations 3 0 4 1 5 2 6, 0 2 4 6 1 3 5 and 3 4 5 6 0 1 2.
    private static readonly MaglevEntry[] Paper = [new(0, 1, 3, 3), new(1, 1, 0, 1), new(2, 1, 3, 0)];

    [Fact]
    public void Table_OfThePapersExample_IsThePapers()
    {
        Assert.Equal([1, 0, 1, 0, 2, 2, 0], MaglevTable.Fill(Paper, 7));
        Assert.Equal([0, 0, 0, 0, 2, 2, 2], MaglevTable.Fill([Paper[0], Paper[2]], 7));
    }

    // In each full round, a node receives slots in the ratio of its weight to the heaviest; the last round may end
    // early.
    [Fact]
    public void Slots_AreInProportionToWeights() =>
        SmallRing.ForAll(Gen.Select(Gen.Int[1, 40], Gen.ULong, Gen.ULong).Array[1, 12], static drawn =>
        {
            var entries = drawn.Select(static (item, i) => new MaglevEntry(i, item.Item1, item.Item2, item.Item3));
            var weights = drawn.Select(static item => (double)item.Item1).ToArray();

            var owners = MaglevTable.Fill([.. entries], 4099);

            for (var i = 0; i < weights.Length; i++)
            {
                Assert.Equal(weights[i] / weights.Sum() * 4099, owners.Count(owner => owner == i), 12.0);
            }
        });
}
