using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>The log messages about a Redis that cannot be used, which must state what an operator has to fix.</summary>
public sealed class RedisFailureTests
{
    private const int RedisIsAway = 709;

    [Theory]
    [InlineData("password=wrong")]
    [InlineData("user=nobody,password=wrong")]
    [InlineData("name=without-a-password")]
    public async Task PasswordThatIsRefused_IsNamed(string settings)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.Database.ExecuteAsync("CONFIG", "SET", "requirepass", "right");

        await AssertReportsAsync(
            $"{redis.Address},{settings}", "It refused the user or the password of WsBalancer:State:Redis");
    }

    [Fact]
    public async Task TlsThatRedisDoesNotSupport_IsNamed()
    {
        await using var redis = await RedisServer.StartAsync();

        await AssertReportsAsync($"{redis.Address},ssl=true,connectTimeout=300", "The TLS handshake failed");
    }

    [Fact]
    public async Task RefusedConnection_IsNamed()
    {
        await using var redis = RedisServer.Away();

        await AssertReportsAsync(redis.Address, "Connection refused.");
    }

    [Fact]
    public async Task Silence_IsNamed()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await AssertReportsAsync($"{silent.LocalEndpoint},connectTimeout=300", "It does not answer in time.");
    }

    [Fact]
    public void LostConnection_IsNamed() => Assert.Equal(
        "The connection was lost (SocketClosed).",
        RedisCause.Of(new RedisConnectionException(
            ConnectionFailureType.SocketClosed, CommandFlags.None, "SocketClosed", null, CommandStatus.Sent)));

    // Some replies have no text.
    [Fact]
    public void RefusalWithoutAText_IsASentence()
    {
        var refusal = new RedisConnectionException(
            ConnectionFailureType.AuthenticationFailure, CommandFlags.None, "AuthenticationFailure",
            new InvalidOperationException("SimpleError: "), CommandStatus.Unknown);

        Assert.Equal("It refused the user or the password of WsBalancer:State:Redis.", RedisCause.Of(refusal));
    }

    private static async Task AssertReportsAsync(string redis, string cause)
    {
        await using var balancer = new SharingBalancer(new StateOptions { Redis = redis, Id = "b-1" });
        await balancer.StartAsync();

        await Deadline.Until(cause, () => balancer.Messages(RedisIsAway).Any(message => message.Contains(cause)));

        Assert.Equal(balancer.Messages(RedisIsAway).Distinct(), balancer.Messages(RedisIsAway));
    }
}
