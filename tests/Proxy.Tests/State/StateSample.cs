using CsCheck;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Records as fleets write them, with few keys and few versions, so that they conflict.</summary>
internal static class StateSample
{
    public static readonly StateKey Weight = StateKey.Of("chat", StateKind.Weight, "ws-1");

    public static readonly StateKey Drain = StateKey.Of("chat", StateKind.Drain, "ws-2");

    private static readonly Gen<StateValue> Value = Gen.OneOf<StateValue>(
        Gen.Int[0, 9].Select(weight => (StateValue)Of(weight)),
        Gen.Const((StateValue)null!));

    /// <summary>A weight record for one of three nodes.</summary>
    public static Gen<StateRecord> Record { get; } =
        Gen.Select(Gen.Int[1, 3], Gen.Long[1, 4], Gen.Int[1, 3], Value).Select((node, number, writer, value) =>
            new StateRecord(
                StateKey.Of("chat", StateKind.Weight, $"ws-{node}"), new StateVersion(number, $"b-{writer}"), value));

    /// <summary>A record for every kind of value, and a tombstone.</summary>
    public static IReadOnlyList<StateRecord> OfEveryKind { get; } =
    [
        Of(StateKind.Member, "ws-9", new MemberValue(MemberOrigin.Added, "http://10.0.0.9:5000/", 2, "ring key")),
        Of(StateKind.Removal, "ws-3", new RemovalValue(true, new DrainValue("op-1", 12.5, null, 1012))),
        Of(StateKind.Weight, "ws-1", new WeightValue(7, 1)),
        Of(StateKind.Drain, "ws-2", new DrainValue("op-2", 0, 600, 1001)),
        Of(StateKind.Blend, "", new BlendValue("ketama", "rendezvous", 0.1)),
        Of(StateKind.Rebalance, "", new RebalanceValue("op-3", 50, RebalanceState.Stopped, "fingerprints differ")),
        Of(StateKind.Drain, "ws-1", null),
    ];

    public static StateRecord Of(StateKey key, long number, StateValue? value, string writer = "b-1") =>
        new(key, new StateVersion(number, writer), value);

    /// <summary>Merges records one by one, as from a Redis without other records.</summary>
    public static async Task ReceiveAsync(this StateStore store, IEnumerable<StateRecord> records)
    {
        foreach (var record in records)
        {
            await store.MergeAsync(SharedState.Read(
                [new StackExchange.Redis.HashEntry(record.Key.ToString(), StateJson.Write(record))]));
        }
    }

    public static WeightValue Of(int weight) => new(weight, 1);

    private static StateRecord Of(StateKind kind, string node, StateValue? value) =>
        Of(StateKey.Of("chat", kind, node), 5, value);
}
