using System.Net;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Cli;

namespace WsBalancer.BackendSample.Tests.Cli;

/// <summary>Every option of <c>serve</c> sets its own setting.</summary>
public sealed class ServeCommandTests
{
    private static readonly NodeOptions Defaults = new() { Name = "ws-1", Urls = "http://127.0.0.1:5001" };

    [Fact]
    public void Bind_OfEveryOption_SetsItsSetting() => Assert.Equal(
        new NodeOptions
        {
            Urls = "http://127.0.0.1:5002",
            Name = "ws-2",
            Redis = new IPEndPoint(IPAddress.Loopback, 6379),
            Bus = BusKind.Redis,
            Registration = new RegistrationOptions
            {
                Cluster = "chat",
                Address = "http://10.0.0.1:1",
                Weight = 3,
                Prefix = "p",
            },
            History = new HistoryOptions { Size = 10, Lifetime = TimeSpan.FromHours(2) },
            MaxMessageBytes = 2048,
            MaxBufferedBytes = 3 * 1024 * 1024,
            MaxQueueBytes = 5000,
            BatchDelay = TimeSpan.FromMilliseconds(7),
            BatchBytes = 4000,
            PresenceDelay = TimeSpan.FromMilliseconds(300),
            KeepAliveInterval = TimeSpan.FromSeconds(8),
            KeepAliveTimeout = TimeSpan.FromSeconds(9),
            IdleTimeout = TimeSpan.FromSeconds(11),
            CloseTimeout = TimeSpan.FromSeconds(12),
            DrainRate = 13,
            DrainTimeout = TimeSpan.FromSeconds(14),
        },
        Bind("--urls http://127.0.0.1:5002 --name ws-2 --redis 127.0.0.1:6379 --bus redis --register chat "
            + "--advertise http://10.0.0.1:1 --weight 3 --prefix p --history-size 10 --history-ttl 2h "
            + "--max-message 2KiB --max-buffered 3MiB --max-queue 5000 --batch-delay 7ms --batch-bytes 4000 "
            + "--presence-delay 300ms --keep-alive 8s --keep-alive-timeout 9s --idle-timeout 11s --close-timeout 12s "
            + "--drain-rate 13 --drain-timeout 14s"));

    [Fact]
    public void Bind_OfEveryOptionOfAccess_SetsItsSetting()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "a secret of thirty-two bytes or more\n");

        var access = Bind($"--jwt-key {file} --jwt-audience chat --jwt-issuer id --jwt-rooms rooms --jwt-grace 5s "
            + $"--api-key {file} --origin https://a.example --origin https://*.b.example --max-rate 6 "
            + "--max-user-rate 7").Access;
        File.Delete(file);

        Assert.Equal(["https://a.example", "https://*.b.example"], access.Origins);
        Assert.NotNull(access.Tokens?.Keys);
        Assert.True(access.ApiKey?.Matches("a secret of thirty-two bytes or more"));
        Assert.Equal(
            new AccessOptions
            {
                Tokens = new TokenOptions
                {
                    Keys = access.Tokens.Keys,
                    Audience = "chat",
                    Issuer = "id",
                    RoomsClaim = "rooms",
                },
                TokenGrace = TimeSpan.FromSeconds(5),
                ApiKey = access.ApiKey,
                Origins = access.Origins,
                ConnectionRate = 6,
                UserRate = 7,
            },
            access);
    }

    [Fact]
    public void Bind_OfAnAuthority_SetsIt() => Assert.Equal(
        new TokenOptions { Authority = new Uri("https://id.example/realm") },
        Bind("--jwt-authority https://id.example/realm").Access.Tokens);

    [Fact]
    public void Bind_OfNats_SetsItsAddress() => Assert.Equal(
        Defaults with { Bus = BusKind.Nats, Nats = new DnsEndPoint("nats.example", 4222) },
        Bind("--bus nats --nats nats.example:4222"));

    [Fact]
    public void Bind_OfOptionsThatAreOff_SetsNoTime() => Assert.Equal(
        Defaults with { KeepAliveInterval = Timeout.InfiniteTimeSpan },
        Bind("--keep-alive off --batch-delay off --idle-timeout off"));

    [Fact]
    public void Bind_OfNoOption_SetsTheDefaults() => Assert.Equal(Defaults, Bind(""));

    [Fact]
    public void Bind_WithoutPushesOfPresence_SetsNoDelay() => Assert.Equal(
        TimeSpan.Zero, Bind("--presence-delay off").PresenceDelay);

    [Fact]
    public void Bind_OfALongMessage_MakesRoomForTwoOfThem() => Assert.Equal(
        400L * 1024 * 1024, Bind("--max-message 200MiB").MaxBufferedBytes);

    [Fact]
    public void Bind_OfAShortQueue_LimitsBatchesToHalfOfIt() => Assert.Equal(
        1024, Bind("--max-queue 2KiB").BatchBytes);

    private static NodeOptions Bind(string options)
    {
        var parsed = ServeCommand.Create().Parse(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(parsed.Errors);
        return ServeCommand.Bind(parsed);
    }
}
