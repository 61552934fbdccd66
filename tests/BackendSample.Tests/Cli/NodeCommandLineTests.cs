using System.Net;
using System.Net.Sockets;
using WsBalancer.BackendSample.Cli;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Cli;

public sealed class NodeCommandLineTests
{
    [Theory]
    [InlineData("serve --urls nonsense", "--urls: 'nonsense'")]
    [InlineData("serve --urls https://127.0.0.1:1", "--urls: 'https://127.0.0.1:1'")]
    [InlineData("serve --urls http://localhost:0", "http://127.0.0.1:0")]
    [InlineData("serve --name a/b", "--name: 'a/b'")]
    [InlineData("serve --name @alice", "--name: '@alice'")]
    [InlineData("serve --redis localhost", "--redis: 'localhost' is not HOST:PORT")]
    [InlineData("serve --redis localhost:0", "--redis: 'localhost:0'")]
    [InlineData("serve --redis localhost:65536", "--redis: 'localhost:65536'")]
    [InlineData("serve --max-message 1023", "--max-message: '1023'")]
    [InlineData("serve --max-message 257MiB", "--max-message: '257MiB'")]
    [InlineData("serve --max-buffered 1025GiB", "--max-buffered: '1025GiB' is not a size from 1KiB to 1024GiB")]
    [InlineData("serve --max-buffered 18431KiB", "at least 1MiB more than --max-message")]
    [InlineData("serve --max-message 256MiB --max-buffered 256MiB", "at least 1MiB more than --max-message")]
    [InlineData("serve --max-queue lots", "--max-queue: 'lots'")]
    [InlineData("serve --keep-alive 999ms", "--keep-alive: '999ms'")]
    [InlineData("serve --keep-alive-timeout off", "--keep-alive-timeout: 'off'")]
    [InlineData("serve --close-timeout 301s", "--close-timeout: '301s'")]
    [InlineData("serve --bus pigeon", "--bus: 'pigeon' is not redis, redis-streams, nats, embedded or local")]
    [InlineData("serve --bus redis", "--bus redis needs --redis")]
    [InlineData("serve --bus redis-streams", "--bus redis-streams needs --redis")]
    [InlineData("serve --bus nats --redis 127.0.0.1:1", "--bus nats needs --nats")]
    [InlineData("serve --bus redis --redis 127.0.0.1:1 --nats 127.0.0.1:2", "--bus redis uses no NATS")]
    [InlineData("serve --bus local --nats 127.0.0.1:2", "--bus local uses no NATS")]
    [InlineData("serve --nats localhost", "--nats: 'localhost' is not HOST:PORT, such as 127.0.0.1:4222")]
    [InlineData("serve --bus local --redis 127.0.0.1:1", "--bus local uses no Redis")]
    [InlineData("serve --bus embedded --redis example.org:1", "it must be an IP address")]
    [InlineData("serve --history-size 0", "--history-size: '0'")]
    [InlineData("serve --history-ttl 25h", "--history-ttl: '25h'")]
    [InlineData("serve --history-ttl 999999999h", "--history-ttl: '999999999h' is not a time from 1s to 24h")]
    [InlineData("serve --batch-delay 2s", "--batch-delay: '2s'")]
    [InlineData("serve --batch-bytes 1", "--batch-bytes: '1'")]
    [InlineData("serve --batch-bytes 65KiB", "--batch-bytes: '65KiB' is not a size from 1KiB to 64KiB")]
    [InlineData("serve --batch-bytes 2KiB --max-queue 2KiB", "--batch-bytes: it must be less than --max-queue")]
    [InlineData("serve --idle-timeout 0s", "--idle-timeout: '0s'")]
    [InlineData("serve --api-key /none", "--api-key: '/none' cannot be read")]
    [InlineData("serve --api-key /dev/null", "--api-key: '/dev/null' has no secret: a secret has at least 32 bytes")]
    [InlineData("serve --jwt-key /none", "--jwt-key: '/none' cannot be read")]
    [InlineData("serve --jwt-key /dev/null", "--jwt-key: '/dev/null' has no key: a secret has at least 32 bytes")]
    [InlineData("serve --jwt-authority http://id.example", "--jwt-authority: 'http://id.example' is not an address")]
    [InlineData("serve --jwt-key /dev/null --jwt-authority https://id.example", "leave out one of them")]
    [InlineData("serve --jwt-rooms rooms", "--jwt-rooms requires --jwt-key FILE or --jwt-authority URL")]
    [InlineData("serve --jwt-grace 2h --jwt-key /dev/null", "--jwt-grace: '2h'")]
    [InlineData("serve --origin example.com", "--origin: 'example.com' is not an origin")]
    [InlineData("serve --drain-rate 0", "--drain-rate: '0' is not a number from 1 to 1000000")]
    [InlineData("serve --drain-timeout off", "--drain-timeout: 'off'")]
    [InlineData("serve --max-rate 0", "--max-rate: '0' is not a number from 1 to 1000000")]
    [InlineData("serve --max-user-rate many", "--max-user-rate: 'many'")]
    [InlineData("serve --register chat", "--register needs --redis")]
    [InlineData("serve --redis 127.0.0.1:1 --register a:b", "--register: 'a:b'")]
    [InlineData("serve --redis 127.0.0.1:1 --register chat --weight -1", "--weight: '-1'")]
    [InlineData("serve --redis 127.0.0.1:1 --register chat --weight 65536", "--weight: '65536'")]
    [InlineData("serve --redis 127.0.0.1:1 --register chat --advertise 10.0.0.1:1", "--advertise: '10.0.0.1:1'")]
    [InlineData("serve --redis 127.0.0.1:1 --register chat --urls http://0.0.0.0:1", "in --advertise")]
    [InlineData("serve --redis 127.0.0.1:1 --register chat --urls http://[::]:1", "in --advertise")]
    [InlineData("serve --advertise http://10.0.0.1:1", "--advertise requires --register")]
    [InlineData("serve --weight 2", "--weight requires --register")]
    [InlineData("serve --prefix p", "--prefix requires --register")]
    [InlineData("serve --frobnicate", "--frobnicate")]
    [InlineData("bench-bus", "bench-bus needs --bus")]
    [InlineData("bench-bus --bus nats", "--bus nats needs --nats")]
    [InlineData("bench-bus --bus local --seconds 0", "--seconds: '0' is not a number from 1 to 600")]
    [InlineData("redis --port 65536", "--port: '65536' is not a number from 0 to 65535")]
    [InlineData("redis --port -1", "--port: '-1'")]
    [InlineData("redis --bind example.org", "--bind: 'example.org'")]
    [InlineData("", "Required command")]
    public async Task AWrongCommandLine_NamesTheMistake_AndExitsWith2(string arguments, string mistake)
    {
        var (code, output, error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(mistake, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("--api-key")]
    [InlineData("--jwt-key")]
    public async Task AnEmptyNameOfAKeyFile_IsReported(string option)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(2, await NodeCommandLine.RunAsync(["serve", option, ""], output, error));

        Assert.StartsWith($"ws-node: {option}: '' cannot be read: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHelp_ShowsDefaultsInTheFormThatTheOptionsTake()
    {
        var (code, output, _) = await RunAsync("serve --help");

        Assert.Equal(0, code);
        Assert.Contains("[default: 17MiB]", output, StringComparison.Ordinal);
        Assert.Contains("[default: 256MiB]", output, StringComparison.Ordinal);
        Assert.Contains("[default: 30s]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve --urls http://{0}")]
    [InlineData("redis --port {1}")]
    public async Task AnAddressInUse_IsReportedInOneLine_AndExitsWith1(string arguments)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var endpoint = (IPEndPoint)other.LocalEndpoint;

        var (code, _, error) = await RunAsync(arguments
            .Replace("{0}", endpoint.ToString(), StringComparison.Ordinal)
            .Replace("{1}", $"{endpoint.Port}", StringComparison.Ordinal));

        Assert.Equal(1, code);
        Assert.Contains("cannot listen on", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task TheAddressOfTheEmbeddedRedisInUse_IsReportedInOneLine_AndExitsWith1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var (code, _, error) = await RunAsync(
            $"serve --urls http://127.0.0.1:0 --bus embedded --redis {other.LocalEndpoint}");

        Assert.Equal(1, code);
        Assert.StartsWith(
            $"ws-node: cannot run the embedded Redis on {other.LocalEndpoint}: ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("serve --urls http://192.0.2.1:1")]
    [InlineData("serve --urls http://192.0.2.1:1 --bus embedded")]
    public async Task AnAddressOfAnotherMachine_IsReportedAsTheListenAddress_AndExitsWith1(string arguments)
    {
        var (code, _, error) = await RunAsync(arguments);

        Assert.Equal(1, code);
        Assert.StartsWith("ws-node: cannot listen on http://192.0.2.1:1: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEmbeddedRedis_PrintsItsAddress_AndExitsWith0OnSigterm()
    {
        using var redis = NodeProcess.Start("redis", "--port", "0");
        var endpoint = IPEndPoint.Parse(await redis.ReadAddressAsync());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(endpoint, Deadline.Token);
        }

        await redis.SignalAsync("TERM");

        Assert.Equal(0, await redis.WaitForExitAsync());
    }

    [Theory]
    [InlineData("local")]
    [InlineData("embedded")]
    public async Task TheBenchmarkOfABus_PrintsATable_AndExitsWith0(string bus)
    {
        var (code, output, error) = await RunAsync($"bench-bus --bus {bus} --seconds 1");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"not stored +\d+\.\d\d ms +\d+\.\d\d ms +[\d,]+ +0 +0\n", output);
    }

    [Fact]
    public async Task TheBenchmarkOfABusThatIsAway_NamesItsAddress_AndExitsWith1()
    {
        var (code, output, error) = await RunAsync("bench-bus --bus nats --nats 127.0.0.1:1");

        Assert.Equal((1, "", "ws-node: cannot connect to 127.0.0.1:1\n"), (code, output, error));
    }

    [Fact]
    public async Task ANodeWithTheEmbeddedRedis_IsAvailableWithoutAnotherProgram()
    {
        using var one = NodeProcess.Start(
            "serve", "--urls", "http://127.0.0.1:0", "--bus", "embedded");
        var first = new Uri(await one.ReadAddressAsync());
        using var http = new HttpClient();
        var stats = await http.GetStringAsync(new Uri(first, "/stats"), Deadline.Token);

        Assert.Contains("\"kind\":\"embedded\",\"available\":true", stats, StringComparison.Ordinal);
        await one.SignalAsync("TERM");
        Assert.Equal(0, await one.WaitForExitAsync());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await NodeCommandLine.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error).WaitAsync(Deadline.Token);
        return (code, output.ToString(), error.ToString());
    }
}
