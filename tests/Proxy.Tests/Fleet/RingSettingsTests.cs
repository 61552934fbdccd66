using Microsoft.Extensions.Configuration;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Tests.Identity;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class RingSettingsTests
{
    private const string Key = "WsBalancer:Clusters:chat:Ring:";

    [Theory]
    [InlineData("rendezvous")]
    [InlineData("rendezvous", "Seed=salt")]
    [InlineData("nginx")]
    [InlineData("haproxy", "Hash=djb2")]
    [InlineData("envoy-ring", "TableSize=4096")]
    [InlineData("envoy-maglev", "TableSize=251")]
    [InlineData("ketama")]
    [InlineData("maglev", "TableSize=65537", "Seed=salt")]
    public void Settings_OfEveryAlgorithm_AreWhatItsRingIsBuiltWith(string algorithm, params string[] others)
    {
        Assert.Empty(MistakesIn([$"Algorithm={algorithm}", .. others], out var settings));

        var expected = others.ToDictionary(text => text.Split('=')[0], text => text.Split('=')[1]);
        Assert.Equal(algorithm, settings.Options.Algorithm);
        Assert.Equal(expected.GetValueOrDefault("Hash"), settings.Options.Hash);
        Assert.Equal(expected.GetValueOrDefault("TableSize"), settings.Options.TableSize?.ToString());
        Assert.Equal(expected.GetValueOrDefault("Seed"), settings.Options.Seed);
        Assert.Equal(algorithm, Ring.Build([new RingNode("1")], settings.Options).Algorithm);
    }

    [Theory]
    [InlineData(
        "Algorithm is 'consistent': expected one of "
        + "rendezvous, nginx, haproxy, envoy-ring, envoy-maglev, ketama, maglev",
        "Algorithm=consistent")]
    [InlineData(
        "Hash is 'md5': expected one of sdbm+avalanche, sdbm, djb2+avalanche, djb2, wt6+avalanche, wt6, "
        + "crc32+avalanche, crc32",
        "Algorithm=haproxy",
        "Hash=md5")]
    [InlineData(
        "Hash is 'sdbm': expected no hash with 'nginx', which has one of its own", "Algorithm=nginx", "Hash=sdbm")]
    [InlineData("TableSize is '1024': expected no table size with 'nginx'", "Algorithm=nginx", "TableSize=1024")]
    [InlineData(
        "TableSize is '65536': expected a prime number from 2 to 5000011", "Algorithm=maglev", "TableSize=65536")]
    [InlineData(
        "TableSize is '8388609': expected a whole number from 1 to 8388608",
        "Algorithm=envoy-ring",
        "TableSize=8388609")]
    [InlineData("TableSize is 'big': expected a whole number, or off (default off)", "TableSize=big")]
    [InlineData(
        "Seed: expected no seed with 'nginx': the balancer it agrees with has none, and every user would move",
        "Algorithm=nginx",
        "Seed=s3cret")]
    [InlineData(
        "Seed is wrong (its value is not shown): expected a text that is not empty, or no seed at all", "Seed=")]
    public void Setting_ThatIsWrong_IsReportedWithKeyValueAndExpectation(string mistake, params string[] settings) =>
        Assert.Equal([Key + mistake], MistakesIn(settings, out _));

    [Fact]
    public void Mistakes_AreAllReportedAtOnce() => Assert.Equal(
        [
            "TableSize is 'big': expected a whole number, or off (default off)",
            "Hash is 'sdbm': expected no hash with 'ketama', which has one of its own",
            "Seed: expected no seed with 'ketama': the balancer it agrees with has none, and every user would move",
        ],
        MistakesIn(["Algorithm=ketama", "Hash=sdbm", "TableSize=big", "Seed=s3cret"], out _)
            .Select(message => message[Key.Length..]));

    // For an unknown algorithm, the hash and the other settings cannot be checked.
    [Theory]
    [InlineData("Algorithm=consistent")]
    [InlineData("Algorithm:Name=haproxy")]
    public void Algorithm_ThatIsNone_IsTheOnlyMistake(string algorithm) => Assert.StartsWith(
        $"{Key}Algorithm is ",
        Assert.Single(MistakesIn([algorithm, "Hash=sdbm", "TableSize=7", "Seed=s3cret"], out _)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("rendezvous", false)]
    [InlineData("nginx", true)]
    public void UserIds_AreTakenUndecodedUnlessTheRingIsOurs(string algorithm, bool isRaw)
    {
        var errors = new List<SettingsError>();
        var settings = Read(["Algorithm=" + algorithm], errors);

        var user = settings.Get<UserIdentity>().Key
            .Find(RequestContext.Of("/?user=%C3%A9")).Value;

        Assert.Equal(isRaw ? "%C3%A9" : "é", user);
    }

    private static IEnumerable<string> MistakesIn(string[] settings, out RingSettings read)
    {
        var errors = new List<SettingsError>();
        read = Read(settings, errors).Get<RingSettings>();
        return errors.Select(error => error.Message);
    }

    private static ClusterSettings Read(string[] settings, List<SettingsError> errors) => BalancerSettings.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(text => text.Split('='))
                .Select(pair => KeyValuePair.Create(Key + pair[0], (string?)pair[1]))
                .Append(KeyValuePair.Create("WsBalancer:Clusters:chat:UserKey", (string?)"query:user")))
            .Build(),
        errors).Clusters["chat"];
}
