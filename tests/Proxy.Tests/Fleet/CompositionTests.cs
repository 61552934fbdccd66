using CsCheck;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class CompositionTests
{
    private static readonly DrainValue Drain = new("d-1", 100, 600, 1012);

    private static readonly Gen<string> Id = Gen.OneOf("a", "b", "c", "d");

    private static readonly Gen<StateRecord> AnyRecord = Gen.Select(Id, Gen.Int[0, 2], Gen.Int[0, 9]).SelectMany(
        static (id, weight, _) => Gen.OneOf(
            Gen.Const(Of(id, StateKind.Member, new MemberValue(MemberOrigin.Added, "http://added/", weight))),
            Gen.Const(Of(id, StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", weight))),
            Gen.Bool.Select(hides => Of(id, StateKind.Removal, new RemovalValue(hides, Drain))),
            Gen.Int[0, 2].Select(over => Of(id, StateKind.Weight, new WeightValue(weight, over))),
            Gen.Const(Of(id, StateKind.Drain, Drain)),
            Gen.Const(Of("", StateKind.Blend, new BlendValue("nginx", "rendezvous", 0.5)))));

    [Fact]
    public void WithoutRecords_ItIsTheFile()
    {
        var composition = new Balancer(File(("a", 1), ("b", 0))).Compose();

        Assert.Equal(["a@1", "b@0"], NodesOf(composition));
        Assert.All(composition.Members.Values, member => Assert.Equal(NodeSource.Configured, member.Source));
        Assert.All(composition.Members.Values, member => Assert.NotNull(member.Configured));
    }

    [Fact]
    public void AddedNode_IsThereUntilTheFileHadItAndDropsIt()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("b", StateKind.Member, new MemberValue(MemberOrigin.Added, "http://b/", 2, "key")));

        var member = balancer.Compose().Members["b"];
        Assert.Equal((NodeSource.Added, 2, "http://b/"), (member.Source, member.Weight, member.Config.Address));
        Assert.Equal("key", NodeMetadata.Find(member.Config, NodeRingKey.MetadataKey));
        Assert.Null(member.Configured);

        balancer.File = File(("a", 1), ("b", 7));
        member = balancer.Compose().Members["b"];
        Assert.Equal((NodeSource.Configured, 7), (member.Source, member.Weight));

        balancer.File = File(("a", 1));
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
        Assert.Empty(balancer.Records);
    }

    [Fact]
    public void RegisteredNode_StaysWhenTheFileDropsIt()
    {
        var balancer = new Balancer(File(("a", 1), ("b", 5)));
        balancer.Decide(Of("b", StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", 2)));
        Assert.Equal(["a@1", "b@5"], NodesOf(balancer.Compose()));

        balancer.File = File(("a", 1));

        Assert.Equal(["a@1", "b@2"], NodesOf(balancer.Compose()));
        Assert.Equal(NodeSource.Registered, balancer.Compose().Members["b"].Source);
    }

    [Fact]
    public void Weight_Lapsed_StaysLapsedWhenTheFileReturns()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("a", StateKind.Weight, new WeightValue(3, 1)));
        Assert.Equal(["a@3 overridden"], NodesOf(balancer.Compose()));

        balancer.File = File(("a", 5));
        Assert.Equal(["a@5"], NodesOf(balancer.Compose()));
        Assert.Single(balancer.Records);

        balancer.File = File(("a", 1));
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
        Assert.Empty(balancer.Records);
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
    }

    // The base of the record is the weight in a newer file, which this balancer does not have yet.
    [Fact]
    public void Weight_OverAFileThatIsNotHereYet_Waits()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("a", StateKind.Weight, new WeightValue(3, 5)));
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));

        balancer.File = File(("a", 5));

        Assert.Equal(["a@3 overridden"], NodesOf(balancer.Compose()));
    }

    [Fact]
    public void Weight_OfARegisteredNode_HoldsOverItsOwn()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("b", StateKind.Weight, new WeightValue(0, 2)));
        balancer.Decide(Of("b", StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", 2)));
        Assert.Equal(["a@1", "b@0 overridden"], NodesOf(balancer.Compose()));

        balancer.Decide(Of("b", StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", 4)));

        Assert.Equal(["a@1", "b@4"], NodesOf(balancer.Compose()));
    }

    [Fact]
    public void Removal_HidesUntilTheFileDropsTheNode_AndStillClosesWhatIsLeft()
    {
        var balancer = new Balancer(File(("a", 1), ("b", 1)));
        balancer.Decide(Of("b", StateKind.Removal, new RemovalValue(true, Drain)));
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
        Assert.True(balancer.Compose().IsHidden("b"));
        Assert.Contains("b", balancer.Compose().Sources.Keys);

        balancer.File = File(("a", 1));
        Assert.Equal(Drain, balancer.Compose().Removals["b"].Drain);
        Assert.False(balancer.Compose().IsHidden("b"));

        balancer.File = File(("a", 1), ("b", 1));
        Assert.Equal(["a@1", "b@1"], NodesOf(balancer.Compose()));
        Assert.Empty(balancer.Compose().Removals);
        Assert.Empty(balancer.Records);
    }

    [Fact]
    public void Removal_OfARegisteredNode_HoldsWhileItRegisters()
    {
        var balancer = new Balancer(File(("a", 1)));
        var registered = Of("b", StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", 1));
        balancer.Decide(registered);
        balancer.Decide(Of("b", StateKind.Removal, new RemovalValue(true, null)));
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));

        balancer.TakeBack(registered.Key);
        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
        balancer.Decide(registered);
        Assert.Equal(["a@1", "b@1"], NodesOf(balancer.Compose()));
    }

    [Fact]
    public void Removal_OfAnAddedNode_IsForgottenWhenTheNodeRegisters()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("b", StateKind.Removal, new RemovalValue(false, Drain)));
        Assert.Equal(Drain, balancer.Compose().Removals["b"].Drain);

        balancer.Decide(Of("b", StateKind.Member, new MemberValue(MemberOrigin.Registered, "http://self/", 1)));

        Assert.Equal(["a@1", "b@1"], NodesOf(balancer.Compose()));
        Assert.Empty(balancer.Compose().Removals);
    }

    [Fact]
    public void DrainAndBlend_AreTaken()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("a", StateKind.Drain, Drain));
        balancer.Decide(Of("", StateKind.Blend, new BlendValue("nginx", "rendezvous", 0.5)));

        Assert.Equal(Drain, balancer.Compose().Drains["a"]);
        Assert.Equal(0.5, balancer.Compose().Blend?.Share);

        balancer.File = File();
        balancer.Algorithm = "rendezvous";
        Assert.Equal(Drain, balancer.Compose().Drains["a"]);
        Assert.Null(balancer.Compose().Blend);
    }

    [Fact]
    public void IdsThatDifferInCase_AreDifferentNodes()
    {
        var balancer = new Balancer(File(("a", 1)));
        balancer.Decide(Of("A", StateKind.Removal, new RemovalValue(true, null)));

        Assert.Equal(["a@1"], NodesOf(balancer.Compose()));
    }

    [Fact]
    public void WithDrainsOf_KeepsTheNodes()
    {
        var before = new Balancer(File(("a", 1), ("b", 1)));
        before.Decide(Of("b", StateKind.Removal, new RemovalValue(true, null)));
        var after = new Balancer(File(("c", 1)));
        after.Decide(Of("a", StateKind.Drain, Drain));

        var kept = before.Compose().WithDrainsOf(after.Compose());

        Assert.Equal(["a@1"], NodesOf(kept));
        Assert.True(kept.IsHidden("b"));
        Assert.Equal(Drain, kept.Drains["a"]);
        Assert.Equal(["a", "b"], kept.Sources.Keys.Order());
        Assert.Empty(kept.Lapsed);
    }

    [Fact]
    public void Balancers_WithTheSameFile_ComposeTheSame_InAnyOrderOfRecords() => Gen.Select(
        Gen.Select(Id, Gen.Int[0, 2]).Array[0, 4], AnyRecord.Array[0, 9], Gen.Int[0, 1 << 20]).Sample(
            static (file, records, seed) =>
            {
                var named = File([.. file.DistinctBy(node => node.Item1)]);
                var decided = records.DistinctBy(record => record.Key).ToArray();
                var (one, other) = (new Balancer(named), new Balancer(named));
                foreach (var record in decided)
                {
                    one.Receive(record);
                    one.Compose();
                }

                foreach (var record in decided.OrderBy(record => HashCode.Combine(record.Key, seed)))
                {
                    other.Receive(record);
                    other.Compose();
                }

                Assert.Equal(NodesOf(one.Compose()), NodesOf(other.Compose()));
                Assert.Equal(one.Compose().Drains, other.Compose().Drains);
                Assert.Equal(one.Compose().Blend, other.Compose().Blend);
            },
            iter: 300,
            threads: 1);

    private static IEnumerable<string> NodesOf(Composition composition) =>
        composition.Members.Values.OrderBy(member => member.Id, StringComparer.Ordinal).Select(member =>
            $"{member.Id}@{member.Weight}{(member.IsWeightOverridden ? " overridden" : "")}");

    private static StateRecord Of(string node, StateKind kind, StateValue value) =>
        new(StateKey.Of("chat", kind, node), new StateVersion(1, "test"), value);

    private static DestinationState[] File(params (string Id, int Weight)[] nodes) => [.. nodes.Select(node =>
        new DestinationState(node.Id, new DestinationModel(new DestinationConfig
        {
            Address = $"http://{node.Id}/",
            Metadata = new Dictionary<string, string> { [NodeWeight.MetadataKey] = $"{node.Weight}" },
        })))];

    /// <summary>The part of a balancer that composes nodes: a file, records, and the status of each record.</summary>
    private sealed class Balancer(DestinationState[] file)
    {
        private readonly Dictionary<StateKey, StateRecord> _records = [];
        private readonly Dictionary<StateKey, StateStatus> _statuses = [];

        public DestinationState[] File { get; set; } = file;

        public string Algorithm { get; set; } = "nginx";

        public IEnumerable<StateRecord> Records => _records.Values;

        public void Receive(StateRecord record)
        {
            _records[record.Key] = record;
            _statuses.Remove(record.Key);
        }

        public void Decide(StateRecord record)
        {
            Receive(record);
            Compose();
        }

        public void TakeBack(StateKey key)
        {
            _records.Remove(key);
            Compose();
        }

        public Composition Compose()
        {
            var composition = Composition.Of(
                File.Select(Member.Of), Algorithm, [.. _records.Values], key => _statuses.GetValueOrDefault(key));
            foreach (var (record, status) in composition.Statuses)
            {
                _statuses[record.Key] = status;
            }

            foreach (var record in composition.Lapsed)
            {
                _records.Remove(record.Key);
                _statuses.Remove(record.Key);
            }

            return composition;
        }
    }
}
