using CsCheck;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class StateRecordsTests
{
    private static readonly Gen<StateRecord[]> Some = StateSample.Record.Array[0, 12];

    [Fact]
    public void Merge_InAnyOrder_IsTheSame() => Gen.Select(Some, Some).Sample((left, right) =>
        AreSame(Of(left).Merge(right), Of(right).Merge(left)));

    [Fact]
    public void Merge_InAnyGrouping_IsTheSame() => Gen.Select(Some, Some, Some).Sample((one, two, three) =>
        AreSame(Of(one).Merge(two).Merge(three), Of(one).Merge(Of(two).Merge(three).All)));

    [Fact]
    public void Merge_OnceMore_ChangesNothing() => Some.Sample(records =>
        AreSame(Of(records), Of(records).Merge(records))
        && Of(records).Merge(records).NewSince(Of(records)).Count == 0);

    // Every store receives every record, some more than once, each store in an order of its own.
    [Fact]
    public void Stores_ThatReceivedTheSame_AreTheSame() =>
        Gen.Select(Some, Gen.Int[2, 5], Gen.Int).Sample((records, stores, seed) =>
        {
            var random = new Random(seed);
            var states = Enumerable.Range(0, stores).Select(_ =>
            {
                StateRecord[] deliveries = [.. records, .. records.Where(_ => random.Next(2) == 0)];
                random.Shuffle(deliveries);
                return deliveries.Aggregate(StateRecords.Empty, (state, record) => state.Merge([record]));
            }).ToList();

            return states.TrueForAll(state => AreSame(state, states[0]));
        });

    [Fact]
    public void Tombstone_IsNeverUndoneByAnOlderRecord() =>
        Gen.Select(Some, StateSample.Record).Sample((records, last) =>
        {
            var tombstone = last with { Version = new StateVersion(5, "b-1"), Value = null };

            return Of(records).Merge([tombstone]).Merge(records).Find(last.Key) == tombstone;
        });

    [Fact]
    public void Highest_IsThatOfAnyRecordEverMerged() => Some.Sample(records =>
        Of(records).Highest == records.Select(record => record.Version.Number).DefaultIfEmpty().Max());

    [Theory]
    [InlineData(2, "a", 1, "b")]
    [InlineData(10, "a", 9, "a")]
    [InlineData(1, "b", 1, "a")]
    [InlineData(1, "a", 1, "B")]
    public void Version_IsOrderedByNumberThenByWriterAsItIsSpelled(long high, string by, long low, string other)
    {
        Assert.True(new StateVersion(high, by).CompareTo(new StateVersion(low, other)) > 0);
        Assert.True(new StateVersion(low, other).CompareTo(new StateVersion(high, by)) < 0);
    }

    private static StateRecords Of(IEnumerable<StateRecord> records) => StateRecords.Empty.Merge(records);

    private static bool AreSame(StateRecords left, StateRecords right) =>
        left.Highest == right.Highest
        && left.All.OrderBy(record => record.Key.Node).SequenceEqual(right.All.OrderBy(record => record.Key.Node));
}
