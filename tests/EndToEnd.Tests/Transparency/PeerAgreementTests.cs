using WsBalancer.EndToEnd.Tests.Transparency.Cases;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// The same cases through a real nginx and a real HAProxy. Where a case states that one of them differs, it must
/// differ: a difference that is gone is no reason any more. How it differs stands in the test's output.
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
            failure ?? $"{peer.Peer} does as the case says, and the case says that it does not.");
    }
}

/// <inheritdoc/>
public sealed class NginxAgreementTests(NginxWay peer) : PeerAgreementTests(peer), IClassFixture<NginxWay>;

/// <inheritdoc/>
public sealed class HaproxyAgreementTests(HaproxyWay peer) : PeerAgreementTests(peer), IClassFixture<HaproxyWay>;
