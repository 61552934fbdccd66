using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace WsBalancer.LoadTest.Tests.Commands;

/// <summary><c>wsload</c> as its users run it: the process, its output, its exit code.</summary>
public sealed class WsLoadProcessTests
{
    [Fact]
    public async Task Run_WithinItsThresholds_ExitsZeroAndWritesTheDocument()
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket));
        var json = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());

        var (exit, output, _) = await WsLoad.RunAsync(
            [.. Small(server.Address), "--threshold", "message.lost==0", "--threshold", "errors<1%", "--json", json]);

        var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, Cancelled)).RootElement;
        File.Delete(json);
        Assert.Equal(ExitCode.Success, exit);
        Assert.Contains("5 of 5 opened", output, StringComparison.Ordinal);
        Assert.Equal(0, document.GetProperty("exitCode").GetInt32());
        Assert.Equal(20, document.GetProperty("messages").GetProperty("echoed").GetInt32());
        Assert.All(
            document.GetProperty("thresholds").EnumerateArray(),
            threshold => Assert.True(threshold.GetProperty("met").GetBoolean()));
        Assert.Equal(["@al1", "@al2", "@al3", "@al4", "@al5"], server.Users.Order());
    }

    [Fact]
    public async Task Run_BeyondAThreshold_ExitsNinetyNineAndNamesIt()
    {
        await using var server = await TestServer.StartAsync(
            socket => TestServer.EchoAsync(socket), user => user == "@al1" ? 503 : null);

        var (exit, output, _) = await WsLoad.RunAsync([.. Small(server.Address), "--threshold", "connect.failed==0"]);

        Assert.Equal(ExitCode.ThresholdMissed, exit);
        Assert.Matches(@"MISSED\s+connect\.failed==0\s+was 1", output);
        Assert.Contains("http503 × 1", output, StringComparison.Ordinal);
    }

    // The server chooses the close reason, and a terminal would execute its control characters.
    [Fact]
    public async Task CloseReason_IsNotPrinted()
    {
        await using var server = await TestServer.StartAsync(
            socket => socket.CloseAsync((WebSocketCloseStatus)4001, "\u001b]0;pwned\u0007", Cancelled));

        var (_, output, error) = await WsLoad.RunAsync([.. Small(server.Address)]);

        Assert.Contains("4001 × 5", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output + error, character => char.IsControl(character) && character is not '\n');
        Assert.DoesNotContain("pwned", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhereNoConnectionSucceeds_ExitsOne()
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket), _ => 503);

        var (exit, _, _) = await WsLoad.RunAsync([.. Small(server.Address)]);

        Assert.Equal(ExitCode.Failed, exit);
    }

    [Theory]
    [InlineData("--threshold", "connect.p98<1s", "connect.p98<1s")]
    [InlineData("--threshold", "lost", "'lost' is not a threshold")]
    [InlineData("--rate", "0/s", "--rate: '0/s'")]
    [InlineData("--hold", "30", "--hold: '30'")]
    [InlineData("--size", "46", "at least 47")]
    [InlineData("--size", "big", "--size: 'big'")]
    [InlineData("--connections", "0", "--connections: '0'")]
    [InlineData("--connections", "many", "--connections: 'many'")]
    [InlineData("--connections", "1048576", "ulimit -Hn 1048726")]
    [InlineData("--json", "/no/such/folder/report.json", "/no/such/folder")]
    [InlineData("--colour", "red", "--colour")]
    public async Task Run_WithAMistake_ExitsTwoAndNamesIt(string option, string value, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || value != "1048576", "The limit is read from /proc.");

        var (exit, output, error) = await WsLoad.RunAsync(["run", "--to", "ws://127.0.0.1:1/", option, value]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData]
    [InlineData("run")]
    [InlineData("run", "--to", "http://127.0.0.1/")]
    public async Task Run_WithoutWhatItNeeds_ExitsTwo(params string[] arguments)
    {
        var (exit, _, error) = await WsLoad.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("wsload run --help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnSigTerm_ReportsAndExits130()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There is no SIGTERM here.");
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket));
        using var process = WsLoad.Start(
            ["run", "--to", server.Address.ToString(), "--connections", "3", "--hold", "1h"]);
        await Eventually.IsTrueAsync(() => server.Users.Count == 3, "all connections");

        using var kill = Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]);
        var (exit, output, _) = await WsLoad.EndAsync(process);

        Assert.Equal(ExitCode.Stopped, exit);
        Assert.Contains("by a signal", output, StringComparison.Ordinal);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static string[] Small(Uri address) =>
    [
        "run", "--to", address.ToString(), "--connections", "5", "--hold", "200ms", "--message-rate", "100/s",
        "--user-prefix", "@al",
    ];
}
