using CsCheck;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Balancers that read the same fields, valid and invalid ones, in any order.</summary>
public sealed class RecordDeliveryTests : IDisposable
{
    private static readonly string[] Damages =
    [
        "{", "null", """{"number":7,"writer":"x"}""",
        """
        {"cluster":"chat","kind":"weight","node":"ev{il}","number":3,"writer":"x","value":null}
        """,
        """
        {"cluster":"chat","kind":"weight","node":"ws-1","number":4503599627370496,"writer":"x","value":null}
        """,
        """
        {"cluster":"chat","kind":"weight","node":"ws-1","number":9,"writer":"x","value":{"weight":65536,"fileWeight":1}}
        """,
    ];

    private static readonly Gen<(string Field, string Json)> Delivery = Gen.OneOf(
        StateSample.Record.Select(record => (record.Key.ToString(), StateJson.Write(record))),
        Highest().Select(record => (record.Key.ToString(), StateJson.Write(record))),
        Gen.Int[0, Damages.Length - 1].Select(i => ("chat/weight/ws-1", Damages[i])));

    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Stores_ThatReadTheSameInAnyOrder_AreTheSame_AndAfterARestart() =>
        Gen.Select(Delivery.Array[0, 12], Gen.Int).SampleAsync(
            async (deliveries, seed) =>
            {
                (string, string)[] shuffled = [.. deliveries];
                new Random(seed).Shuffle(shuffled);
                File.Delete(_folder.Path);
                File.Delete(_folder.Previous);
                using var other = new StateStore("b-2");
                await DeliverAsync(other, shuffled);
                using (var one = new StateStore("b-1", _folder.Open()).Load())
                {
                    await DeliverAsync(one, deliveries);
                    Assert.Equal(Sorted(one), Sorted(other));
                }

                using var again = new StateStore("b-1", _folder.Open()).Load();
                Assert.Equal(Sorted(again), Sorted(other));
                await CanDecideAsync(again);
            },
            iter: 100,
            threads: 1);

    private static Gen<StateRecord> Highest() => StateSample.Record.Select(record => record with
    {
        Version = record.Version with { Number = StateVersion.HighestNumber - record.Version.Number },
    });

    private static async Task DeliverAsync(StateStore store, (string Field, string Json)[] deliveries)
    {
        foreach (var (field, json) in deliveries)
        {
            if (RemoteRecord.Read(field, json).Record is { } record)
            {
                await store.ReceiveAsync([record]);
            }
        }
    }

    // Whatever was delivered before, every balancer must be able to read the next record.
    private static async Task CanDecideAsync(StateStore store)
    {
        foreach (var node in (string[])["ws-1", "ws-2", "ws-3", "ws-4"])
        {
            var key = StateKey.Of("chat", StateKind.Weight, node);
            await store.WriteAsync([new StateChange(key, StateSample.Of(5))], TestContext.Current.CancellationToken);
            var written = store.Records.Find(key)!;
            Assert.Equal(written, RemoteRecord.Read(key.ToString(), StateJson.Write(written)).Record);
        }
    }

    private static IEnumerable<StateRecord> Sorted(StateStore store) =>
        store.Records.All.OrderBy(record => record.Key.ToString(), StringComparer.Ordinal);
}
