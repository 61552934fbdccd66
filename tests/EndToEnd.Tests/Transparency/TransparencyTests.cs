using WsBalancer.EndToEnd.Tests.Transparency.Cases;
using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// All cases on one engine: raw bytes at both ends, so that no library repairs them. The three classes below run in
/// parallel.
/// </summary>
public abstract class TransparencyTests(EngineWays ways)
{
    public static TheoryData<string> All => [.. AllCases.Names];

    public static TheoryData<string> ForSecureNodes => [.. AllCases.Named(found => found.FitsSecureNode)];

    [Theory]
    [MemberData(nameof(All))]
    public Task Clear_IsAsStated(string name) => Check(name, ways.Clear);

    [Theory]
    [MemberData(nameof(All))]
    public Task Tls_IsAsStated(string name) => Check(name, ways.Tls);

    [Theory]
    [MemberData(nameof(ForSecureNodes))]
    public Task SecureNode_IsAsStated(string name) => Check(name, ways.SecureNode);

    private async Task Check(string name, Way way)
    {
        Assert.SkipWhen(ways.Missing is not null, ways.Missing ?? "");
        var found = AllCases.Find(name);

        var failure = await way.Run(found.Steps);

        if (Differences.Of(name) is { } why)
        {
            Assert.True(failure is not null, $"The case passes, and is listed as a difference: {why}");
        }
        else
        {
            Assert.True(failure is null, $"{failure}\n{found.Reason}");
        }
    }
}

/// <inheritdoc/>
public sealed class UringTransparencyTests(UringWays ways) : TransparencyTests(ways), IClassFixture<UringWays>;

/// <inheritdoc/>
public sealed class EpollTransparencyTests(EpollWays ways) : TransparencyTests(ways), IClassFixture<EpollWays>;

/// <inheritdoc/>
public sealed class SocketsTransparencyTests(SocketsWays ways) : TransparencyTests(ways), IClassFixture<SocketsWays>;
