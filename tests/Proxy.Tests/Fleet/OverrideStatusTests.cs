using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class OverrideStatusTests
{
    private const string Waiting = nameof(StateStatus.Waiting);
    private const string InEffect = nameof(StateStatus.InEffect);
    private const string Lapsed = nameof(StateStatus.Lapsed);
    private const string TakenBack = "TakenBack";

    [Theory]
    [InlineData(Waiting, false, InEffect)]
    [InlineData(InEffect, false, InEffect)]
    [InlineData(Lapsed, false, TakenBack)]
    [InlineData(Waiting, true, Lapsed)]
    [InlineData(InEffect, true, Lapsed)]
    [InlineData(Lapsed, true, Lapsed)]
    public void AddedNode_BecomesConfigurationAndLapsesWithIt(string before, bool isConfigured, string after)
    {
        var value = new MemberValue(MemberOrigin.Added, "http://a/", 1);

        Assert.Equal(
            after, Next(value, before, new OverriddenValues(isConfigured, false, isConfigured ? 1 : null, "nginx")));
    }

    [Theory]
    [InlineData(Waiting, false, InEffect)]
    [InlineData(InEffect, false, InEffect)]
    [InlineData(Lapsed, false, InEffect)]
    [InlineData(Waiting, true, Waiting)]
    [InlineData(InEffect, true, Waiting)]
    [InlineData(Lapsed, true, Waiting)]
    public void RegisteredNode_HoldsWheneverTheFileDoesNotNameIt(string before, bool isConfigured, string after)
    {
        var value = new MemberValue(MemberOrigin.Registered, "http://a/", 1);

        Assert.Equal(after, Next(value, before, new OverriddenValues(isConfigured, !isConfigured, 1, "nginx")));
    }

    [Theory]
    [InlineData(Waiting, false, false, Waiting)]
    [InlineData(Waiting, true, false, InEffect)]
    [InlineData(Waiting, false, true, InEffect)]
    [InlineData(InEffect, true, false, InEffect)]
    [InlineData(InEffect, false, true, InEffect)]
    [InlineData(InEffect, false, false, Lapsed)]
    [InlineData(Lapsed, false, false, Lapsed)]
    [InlineData(Lapsed, true, false, TakenBack)]
    [InlineData(Lapsed, false, true, TakenBack)]
    public void Removal_HidesUntilTheSourceDropsTheNode(
        string before, bool isConfigured, bool isRegistered, string after) => Assert.Equal(
            after,
            Next(new RemovalValue(true, null), before, new OverriddenValues(isConfigured, isRegistered, 1, "nginx")));

    [Theory]
    [InlineData(Waiting, false, false, InEffect)]
    [InlineData(InEffect, false, false, InEffect)]
    [InlineData(Lapsed, false, false, InEffect)]
    [InlineData(InEffect, true, false, TakenBack)]
    [InlineData(InEffect, false, true, TakenBack)]
    [InlineData(Waiting, true, false, TakenBack)]
    public void Removal_OfAnAddedNode_HidesNothing(
        string before, bool isConfigured, bool isRegistered, string after) => Assert.Equal(
            after,
            Next(new RemovalValue(false, null), before, new OverriddenValues(isConfigured, isRegistered, 1, "nginx")));

    [Theory]
    [InlineData(Waiting, 1, InEffect)]
    [InlineData(Waiting, 5, Waiting)]
    [InlineData(Waiting, null, Waiting)]
    [InlineData(InEffect, 1, InEffect)]
    [InlineData(InEffect, 5, Lapsed)]
    [InlineData(InEffect, null, Lapsed)]
    [InlineData(Lapsed, 5, Lapsed)]
    [InlineData(Lapsed, null, Lapsed)]
    [InlineData(Lapsed, 1, TakenBack)]
    public void Weight_HoldsUntilItsBaseChanges(string before, int? underlying, string after) => Assert.Equal(
        after,
        Next(new WeightValue(3, 1), before, new OverriddenValues(underlying is not null, false, underlying, "nginx")));

    [Theory]
    [InlineData(Waiting, "nginx", InEffect)]
    [InlineData(Waiting, "rendezvous", Waiting)]
    [InlineData(InEffect, "nginx", InEffect)]
    [InlineData(InEffect, "rendezvous", Lapsed)]
    [InlineData(Lapsed, "rendezvous", Lapsed)]
    [InlineData(Lapsed, "nginx", TakenBack)]
    public void Blend_HoldsUntilItsBaseRingChanges(string before, string algorithm, string after) => Assert.Equal(
        after,
        Next(new BlendValue("nginx", "rendezvous", 0.5), before, new OverriddenValues(false, false, null, algorithm)));

    [Fact]
    public void Blend_ToARingOfALaterRelease_Waits() => Assert.Equal(
        Waiting,
        Next(new BlendValue("nginx", "quantum", 0.5), Waiting, new OverriddenValues(false, false, null, "nginx")));

    [Theory]
    [InlineData(Waiting)]
    [InlineData(InEffect)]
    [InlineData(Lapsed)]
    public void DrainsAndRebalances_NeverLapse(string before)
    {
        Assert.Equal(InEffect, Next(new DrainValue("d", 1, null, 1012), before, default));
        Assert.Equal(InEffect, Next(new RebalanceValue("r", 1, RebalanceState.Done, null), before, default));
    }

    private static string Next(StateValue value, string before, OverriddenValues underlying) =>
        OverrideStatus.Next(value, Enum.Parse<StateStatus>(before), underlying)?.ToString() ?? TakenBack;
}
