using WsBalancer.EndToEnd.Tests.Transparency.Cases;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// The same cases through a real nginx and a real HAProxy. A peer that differs according to a case must fail it, so
/// that no case states a difference that no longer exists. The output of the test has the difference.
/// </summary>
public abstract class PeerAgreementTests(PeerWay peer)
{
    public static TheoryData<string> All => [.. AllCases.Names];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Peer_AgreesOrDiffersAsStated(string name)
    {
        Assert.SkipWhen(peer.Missing is not null, peer.Missing ?? "");
        var found = AllCases.Find(name);
        var agrees = found.Peers.HasFlag(peer.Peer);

        var failure = await peer.Way.Run(found.Steps, agrees);

        TestContext.Current.TestOutputHelper?.WriteLine(failure ?? "as stated");
        Assert.True(
            failure is null == agrees,
            failure ?? $"{peer.Peer} passes the case, and the case states that it differs.");
    }
}

/// <inheritdoc/>
public sealed class NginxAgreementTests(NginxWay peer) : PeerAgreementTests(peer), IClassFixture<NginxWay>;

/// <inheritdoc/>
public sealed class HaproxyAgreementTests(HaproxyWay peer) : PeerAgreementTests(peer), IClassFixture<HaproxyWay>;
