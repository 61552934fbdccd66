using System.Diagnostics;
using System.Text.Json;

namespace WsBalancer.LoadTest.Tests.Commands;

/// <summary><c>wsload compare</c> and <c>wsload echo</c> as separate processes, as their users run them.</summary>
public sealed class CompareProcessTests
{
    private const string Linux = "It reads /proc and waits with epoll.";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compare_OfAnEchoServerAndItself_MeasuresBothAndExitsZero()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), Linux);
        var json = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());
        using var echo = WsLoad.Start(["echo", "--listen", "ws://127.0.0.1:0"]);
        var line = await echo.StandardOutput.ReadLineAsync(Cancelled) ?? "";
        var url = line[(line.LastIndexOf(' ') + 1)..];

        var (exit, output, error) = await WsLoad.RunAsync(
            [.. Small($"first={url},{echo.Id}", "--target", $"second={url}"), "--rounds", "2", "--json", json]);
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {echo.Id}"]);
        var (echoExit, _, _) = await WsLoad.EndAsync(echo);

        var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, Cancelled)).RootElement;
        File.Delete(json);
        Assert.Equal((ExitCode.Success, ExitCode.Success), (exit, echoExit));
        Assert.Matches(@"failed or lost\s+0\s+0", output);
        Assert.Contains("round 2 of 2: second", error, StringComparison.Ordinal);
        var first = document.GetProperty("targets")[0];
        Assert.Equal(2, first.GetProperty("rounds").GetArrayLength());
        Assert.All(
            first.GetProperty("median").EnumerateObject(),
            figure => Assert.Equal(JsonValueKind.Number, figure.Value.ValueKind));
        Assert.InRange(
            first.GetProperty("median").GetProperty("cpuMicrosecondsPerMessage").GetDouble(), 0.1, 10_000);
    }

    [Fact]
    public async Task Compare_WhereATargetFails_ExitsOneAndNamesTheFailure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), Linux);

        var (exit, output, _) = await WsLoad.RunAsync(Small("nobody=ws://127.0.0.1:1/"));

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("nobody: refused × ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--target", "a", "expected NAME=URL[,PID]")]
    [InlineData("--target", "a=wss://127.0.0.1:1/", "'a=wss://127.0.0.1:1/' is not valid")]
    [InlineData("--target", "it=ws://127.0.0.1:1/", "'it' is there twice")]
    [InlineData("--target", "a=ws://127.0.0.1:1/,2147483647", "a has no process 2147483647")]
    [InlineData("--size", "7", "a size from 8")]
    [InlineData("--size", "2MiB", "to 1048576")]
    [InlineData("--rounds", "0", "--rounds: '0'")]
    [InlineData("--connections", "x", "--connections: 'x'")]
    [InlineData("--handshakes", "-1", "--handshakes: '-1'")]
    [InlineData("--tunnels", "0", "--tunnels: '0'")]
    [InlineData("--duration", "5", "--duration: '5'")]
    [InlineData("--json", "/no/such/folder/report.json", "/no/such/folder")]
    public async Task Compare_WithAMistake_ExitsTwoAndNamesIt(string option, string value, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), Linux);

        var (exit, output, error) = await WsLoad.RunAsync(
            ["compare", "--target", "it=ws://127.0.0.1:1/", option, value]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("compare")]
    [InlineData("echo", "--listen", "http://127.0.0.1:0")]
    [InlineData("echo", "--listen", "ws://not-an-address:1")]
    public async Task ACommand_WithoutWhatItNeeds_ExitsTwo(params string[] arguments)
    {
        var (exit, _, error) = await WsLoad.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains($"wsload {arguments[0]} --help", error, StringComparison.Ordinal);
    }

    private static string[] Small(params string[] targets) =>
    [
        "compare", "--target", .. targets, "--connections", "5", "--duration", "200ms", "--handshakes", "20",
        "--tunnels", "20", "--warm-up", "50ms",
    ];
}
