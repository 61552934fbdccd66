using CsCheck;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class TunnelLifetimeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void Lifetime_IsTheConfigured_MoreOrLessByTheJitter() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 16], Gen.Double[0, 0.5]).Sample((id, jitter) =>
        {
            var options = new TunnelOptions { MaxLifetime = Hour, LifetimeJitter = jitter };
            var lifetime = TunnelLifetime.Of(id, options)!.Value;

            Assert.InRange(lifetime / Hour, 1 - jitter - 0.000001, 1 + jitter + 0.000001);
            Assert.Equal(lifetime, TunnelLifetime.Of(id, options));
        });

    [Fact]
    public void Lifetimes_AreSpreadEvenly()
    {
        var options = new TunnelOptions { MaxLifetime = Hour, LifetimeJitter = 0.1 };
        var all = Enumerable.Range(0, 10_000).Select(i => TunnelLifetime.Of($"{i}", options)!.Value / Hour).ToArray();

        Assert.InRange(all.Average(), 0.998, 1.002);
        Assert.InRange(all.Count(lifetime => lifetime < 0.95), 2_300, 2_700);
        Assert.InRange(all.Count(lifetime => lifetime > 1.05), 2_300, 2_700);
    }

    [Fact]
    public void WithoutLimit_ThereIsNone() => Assert.Null(TunnelLifetime.Of("t", new TunnelOptions()));
}
