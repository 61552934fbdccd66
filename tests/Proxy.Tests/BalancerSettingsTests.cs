using System.Net;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Listening;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.Engines;
using static WsBalancer.Proxy.Tests.ReadSettings;

namespace WsBalancer.Proxy.Tests;

public sealed class BalancerSettingsTests
{
    private const string UserKey = "Clusters:chat:UserKey";

    // Token and TokenFile exclude each other.
    [Theory]
    [InlineData("secret", null)]
    [InlineData(null, "/run/secrets/token")]
    public void Admin_IsRead(string? token, string? file) => Assert.Equal(
        new AdminOptions
        {
            Url = new Uri("https://[::1]:1234"),
            Token = token,
            TokenFile = file,
            ViewToken = "look",
            Tokens = [new AdminTokenOptions { Name = "ops", Token = "other", Rights = AdminRight.Operate }],
            Certificate = new AdminCertificateOptions { Path = "a.pem", KeyPath = "a.key", Password = "pass" },
            Events = new EventLogOptions { Path = "audit.jsonl", MaxSize = 1024 * 1024 },
            MaxConnections = 1,
            FirstByteTimeout = TimeSpan.FromMinutes(1),
        },
        Read(
            ("Admin:Url", "https://[::1]:1234"),
            token is null ? ("Admin:TokenFile", file!) : ("Admin:Token", token),
            ("Admin:ViewToken", "look"),
            ("Admin:Tokens:0:Name", "ops"),
            ("Admin:Tokens:0:Token", "other"),
            ("Admin:Tokens:0:Rights", "operate"),
            ("Admin:Certificate:Path", "a.pem"),
            ("Admin:Certificate:KeyPath", "a.key"),
            ("Admin:Certificate:Password", "pass"),
            ("Admin:Events:Path", "audit.jsonl"),
            ("Admin:Events:MaxSize", "1MB"),
            ("Admin:MaxConnections", "1"),
            ("Admin:FirstByteTimeout", "1m")).Admin);

    [Fact]
    public void State_IsRead() => AssertAll(
        new StateOptions { Path = "elsewhere.json", Redis = "redis:6379", Prefix = "fleet-1", Id = "b-1" },
        Read(
            ("State:Path", "elsewhere.json"),
            ("State:Redis", "redis:6379"),
            ("State:Prefix", "fleet-1"),
            ("State:Id", "b-1")).State);

    [Fact]
    public void Shutdown_IsRead() => AssertAll(
        new ShutdownOptions { Delay = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromMinutes(2) },
        Read(("Shutdown:Delay", "3s"), ("Shutdown:Timeout", "2m")).Shutdown);

    [Fact]
    public void Reload_IsRead() => AssertAll(
        new ReloadOptions { MaxMoved = 0.3 }, Read(("Reload:MaxMoved", "30%")).Reload);

    [Fact]
    public void Sockets_AreRead() => AssertAll(
        new SocketsOptions
        {
            Engine = SocketEngine.IoUring,
            Loops = 1_024,
            MaxBufferedPerTunnel = 131_072,
            MaxBuffered = 67_108_864,
            FirstByteTimeout = TimeSpan.FromSeconds(1),
            SourceAddresses = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fd00::1")],
        },
        Read(
            ("Sockets:Engine", "io_uring"),
            ("Sockets:Loops", "1024"),
            ("Sockets:MaxBufferedPerTunnel", "128KB"),
            ("Sockets:MaxBuffered", "64MB"),
            ("Sockets:FirstByteTimeout", "1s"),
            ("Sockets:SourceAddresses:0", "10.1.2.3"),
            ("Sockets:SourceAddresses:1", "fd00::1")).Sockets);

    [Fact]
    public void Sockets_AreByDefaultALoopForEachCoreOfTheBestEngine() => Assert.Equal(
        (SocketEngine.Auto, Environment.ProcessorCount, 262_144, 0),
        Read().Sockets is var sockets
            ? (sockets.Engine, sockets.Loops, sockets.MaxBufferedPerTunnel.Bytes, sockets.SourceAddresses.Count)
            : default);

    [Fact]
    public void TrustedProxies_AreRead()
    {
        var trusted = Read(("TrustedProxies:0", "10.0.0.0/8"), ("TrustedProxies:1", "192.0.2.1")).TrustedProxies;

        Assert.True(trusted.Contains(IPAddress.Parse("10.1.2.3")));
        Assert.True(trusted.Contains(IPAddress.Parse("192.0.2.1")));
        Assert.False(trusted.Contains(IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public void Identity_IsRead()
    {
        var cluster = ReadCluster(
            ("UserKey:0", "query:user"), ("UserKey:1", "cookie:sid"), ("OnMissingUserKey", "Cookie"));

        var identity = cluster.Get<IdentityOptions>();
        Assert.Equal(["query:user", "cookie:sid"], identity.UserKey);
        Assert.Equal(OnMissingUserKey.Cookie, identity.OnMissingUserKey);
        Assert.True(cluster.Get<UserIdentity>() is { OnMissing: OnMissingUserKey.Cookie, Cookie: not null });
    }

    // No algorithm has all of these settings: RingSettingsTests covers each setting with an algorithm that has it.
    [Fact]
    public void Ring_IsRead() => Assert.Equal(
        new RingSettings { Algorithm = "maglev", TableSize = 251, Seed = "salt" },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Ring:Algorithm", "maglev"),
            ("Ring:TableSize", "251"),
            ("Ring:Seed", "salt")).Get<RingSettings>());

    [Fact]
    public void Health_IsRead() => AssertAll(
        new HealthOptions
        {
            Probe = ProbeKind.Http,
            Interval = TimeSpan.FromSeconds(7),
            Timeout = TimeSpan.FromSeconds(3),
            Fall = 4,
            Rise = 5,
            ConnectFailures = 6,
            SilentHandshakes = 7,
            TrialAfter = TimeSpan.FromMinutes(1),
            MaxSilent = 0.3,
            OnUnhealthy = OnUnhealthy.Close,
        },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Health:Probe", "http"),
            ("Health:Interval", "7s"),
            ("Health:Timeout", "3s"),
            ("Health:Fall", "4"),
            ("Health:Rise", "5"),
            ("Health:ConnectFailures", "6"),
            ("Health:SilentHandshakes", "7"),
            ("Health:TrialAfter", "1m"),
            ("Health:MaxSilent", "30%"),
            ("Health:OnUnhealthy", "close")).Get<HealthOptions>());

    [Fact]
    public void Tunnels_AreRead() => AssertAll(
        new TunnelOptions
        {
            IdleClient = TimeSpan.FromMinutes(1),
            IdleNode = TimeSpan.FromMinutes(2),
            MaxLifetime = TimeSpan.FromHours(6),
            LifetimeJitter = 0.25,
            CloseTimeout = TimeSpan.FromSeconds(3),
            SendTimeout = TimeSpan.FromSeconds(90),
            KeepAlive = null,
        },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Tunnels:IdleClient", "1m"),
            ("Tunnels:IdleNode", "2m"),
            ("Tunnels:MaxLifetime", "6h"),
            ("Tunnels:LifetimeJitter", "0.25"),
            ("Tunnels:CloseTimeout", "3s"),
            ("Tunnels:SendTimeout", "90s"),
            ("Tunnels:KeepAlive", "off")).Get<TunnelOptions>());

    [Fact]
    public void Drain_IsRead() => AssertAll(
        new DrainOptions { RatePerSecond = 7, Deadline = TimeSpan.FromMinutes(3), CloseCode = 1001 },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Drain:RatePerSecond", "7"),
            ("Drain:Deadline", "3m"),
            ("Drain:CloseCode", "1001")).Get<DrainOptions>());

    [Fact]
    public void AutoRebalance_IsRead() => AssertAll(
        new AutoRebalanceOptions { After = TimeSpan.FromMinutes(2), RatePerSecond = 7 },
        ReadCluster(
            ("UserKey", "query:user"),
            ("AutoRebalance:After", "2m"),
            ("AutoRebalance:RatePerSecond", "7")).Get<AutoRebalanceOptions>());

    [Fact]
    public void Limits_AreRead() => AssertAll(
        new LimitOptions
        {
            MaxTunnels = 1_000,
            MaxTunnelsPerNode = 100,
            MaxTunnelsPerUser = 10,
            HandshakesPerSecondPerNode = 50,
            SlowStart = TimeSpan.FromSeconds(30),
            BoundedLoad = 1.25,
        },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Limits:MaxTunnels", "1000"),
            ("Limits:MaxTunnelsPerNode", "100"),
            ("Limits:MaxTunnelsPerUser", "10"),
            ("Limits:HandshakesPerSecondPerNode", "50"),
            ("Limits:SlowStart", "30s"),
            ("Limits:BoundedLoad", "1.25")).Get<LimitOptions>());

    [Fact]
    public void Limits_AreOffByDefault() =>
        Assert.True(ReadCluster(("UserKey", "query:user")).Get<LimitOptions>().IsOff);

    [Fact]
    public void Nothing_IsTheDefaults()
    {
        var settings = Read();

        Assert.Equal(new AdminOptions(), settings.Admin);
        Assert.Equal(new ShutdownOptions(), settings.Shutdown);
        Assert.Equal(new SocketsOptions(), settings.Sockets);
        Assert.Empty(settings.Clusters);
    }

    [Fact]
    public void Mistakes_AreAllReportedAtOnce() => Assert.Equal(
        [
            "WsBalancer:Admin:Url is 'http://0.0.0.0:9900': without Token, TokenFile, ViewToken or Tokens only a "
                + "loopback address or a Unix socket may be listened on",
            "WsBalancer:Clusters:chat:Drain:CloseCode is '1005': "
                + "expected 1000 to 1003, 1007 to 1014 or 3000 to 4999 (default 1012)",
            "WsBalancer:Clusters:chat:Handshake:ConnectTimeout is '20s': "
                + "expected no more than Timeout, which is 00:00:10",
            "WsBalancer:Clusters:chat:Health:Fall is '0': expected a whole number from 1 to 1000 (default 3)",
            "WsBalancer:Clusters:chat:Limits:BoundedLoad is '1': "
                + "expected a number above 1 to 100, or off (default off)",
            "WsBalancer:Clusters:chat:Limits:SlowStart is '10s': "
                + "expected HandshakesPerSecondPerNode beside it, which is what it raises",
            "WsBalancer:Clusters:chat:Ring:Algorithm is 'hash': expected one of "
                + "rendezvous, nginx, haproxy, envoy-ring, envoy-maglev, ketama, maglev",
            "WsBalancer:Clusters:chat:Userkey2 is not a known key: did you mean UserKey?",
            "WsBalancer:Clusters:other:UserKey is missing: expected a list, each a text",
            "WsBalancer:Shutdown:Delay is '5': expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10 "
                + "from 0s to 1h (default 0s)",
            "WsBalancer:Shutdwn is not a known key: did you mean Shutdown?",
            "WsBalancer:Sockets:Engine is 'uring': "
                + "expected one of auto, io_uring, epoll, sockets (default auto)",
            "WsBalancer:Sockets:MaxBufferedPerTunnel is '1GB': "
                + "expected a size such as 65536, 256KB or 1MB from 128KB to 64MB (default 256KB)",
            "WsBalancer:Sockets:SourceAddresses:0 is '0.0.0.0': expected an address of this machine",
            "WsBalancer:Sockets:SourceAddresses:2 is '10.1.2.3': expected each address once",
            "WsBalancer:Sockets:SourceAddresses:3 is 'ff02::1': expected an address of this machine",
            "WsBalancer:Sockets:SourceAdress is not a known key: did you mean SourceAddresses?",
            "WsBalancer:TrustedProxies: 'here' is neither an address nor a network: "
                + "expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8",
        ],
        MistakesIn(
            ("Shutdwn:Delay", "1s"),
            ("TrustedProxies", "here"),
            ("Admin:Url", "http://0.0.0.0:9900"),
            ("Shutdown:Delay", "5"),
            ("Sockets:Engine", "uring"),
            ("Sockets:MaxBufferedPerTunnel", "1GB"),
            ("Sockets:SourceAdress", "10.1.2.3"),
            ("Sockets:SourceAddresses:0", "0.0.0.0"),
            ("Sockets:SourceAddresses:1", "10.1.2.3"),
            ("Sockets:SourceAddresses:2", "10.1.2.3"),
            ("Sockets:SourceAddresses:3", "ff02::1"),
            (UserKey, "query:user"),
            ("Clusters:chat:Userkey2", "x"),
            ("Clusters:chat:Ring:Algorithm", "hash"),
            ("Clusters:chat:Handshake:ConnectTimeout", "20s"),
            ("Clusters:chat:Health:Fall", "0"),
            ("Clusters:chat:Drain:CloseCode", "1005"),
            ("Clusters:chat:Limits:BoundedLoad", "1"),
            ("Clusters:chat:Limits:SlowStart", "10s"),
            ("Clusters:other:FollowLive", "true")).Order(StringComparer.Ordinal));

    private static IEnumerable<string> MistakesIn(params (string Key, string Value)[] settings)
    {
        var errors = new List<SettingsError>();
        BalancerSettings.Read(Of(settings), errors);
        return errors.Select(error => error.Message);
    }
}
