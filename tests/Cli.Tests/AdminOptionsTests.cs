namespace WsBalancer.Cli.Tests;

/// <summary>How commands find a balancer, and how they identify themselves to it.</summary>
public sealed class AdminOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsb-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("s3cret")]
    [InlineData(" s3cret\r\n")]
    public async Task TokenFile_IsSent(string content)
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var run = await stub.RunAsync("nodes", "--token-file", Write("token", content));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("Bearer s3cret", Assert.Single(stub.Authorizations));
    }

    [Theory]
    [InlineData("", "The token file ~/token is empty.")]
    [InlineData("two\nlines", "The token has characters that no header can carry: --token, --token-file and "
        + "WSBALANCER_TOKEN take printable ASCII in one line.")]
    [InlineData(null, "The token file ~/token cannot be read: Could not find file '~/token'.")]
    public async Task TokenFile_WithoutAToken_Exits2(string? content, string why)
    {
        var path = content is null ? Path.Combine(_folder.FullName, "token") : Write("token", content);

        var run = await CommandRun.OfAsync("nodes", "--token-file", path);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal(
            $"wsbalancer: {why.Replace("~", _folder.FullName, StringComparison.Ordinal)}", run.Error.TrimEnd());
    }

    [Fact]
    public async Task TokenAndTokenFile_Exit2()
    {
        var run = await CommandRun.OfAsync("nodes", "--token", "a", "--token-file", Write("token", "b"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal("wsbalancer: --token and --token-file exclude each other.", run.Error.TrimEnd());
    }

    [Fact]
    public async Task UnixSocket_IsReached()
    {
        var path = Path.Combine(_folder.FullName, "admin.sock");
        await using var stub = await StubBalancer.StartAsync($"http://unix:{path}");
        stub.With(Documents.Clusters, Documents.Chat);

        var run = await CommandRun.OfAsync("nodes", "--admin", $"unix:{path}");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("/api/v1/clusters", Assert.Single(stub.Targets));
    }

    [Fact]
    public async Task UnixSocket_ThatIsNotThere_Exits3AndIsNamed()
    {
        var run = await CommandRun.OfAsync("nodes", "--admin", "unix:/nowhere/admin.sock");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.StartsWith(
            "wsbalancer: Cannot reach a balancer at unix:/nowhere/admin.sock: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authority_WithoutHttps_Exits2()
    {
        var run = await CommandRun.OfAsync("nodes", "--admin", "http://127.0.0.1:1", "--ca", Write("ca.pem", ""));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal(
            "wsbalancer: --ca requires an https address, and http://127.0.0.1:1 is not one.", run.Error.TrimEnd());
    }

    [Theory]
    [InlineData("no certificate", "~/ca.pem has no certificate in PEM.")]
    [InlineData(null, "--ca ~/ca.pem cannot be read: Could not find file '~/ca.pem'.")]
    public async Task Authority_ThatIsNone_Exits2(string? content, string why)
    {
        var path = content is null ? Path.Combine(_folder.FullName, "ca.pem") : Write("ca.pem", content);

        var run = await CommandRun.OfAsync("nodes", "--admin", "https://127.0.0.1:1", "--ca", path);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal(
            $"wsbalancer: {why.Replace("~", _folder.FullName, StringComparison.Ordinal)}", run.Error.TrimEnd());
    }

    // The name contains neither arguments nor option values: a user id or a token may be among them.
    [Theory]
    [InlineData("resume", "resume", "ws-1")]
    [InlineData("rebalance%20pause", "rebalance", "pause")]
    [InlineData("disconnect", "disconnect", "--user", "alice", "--token", "s3cret")]
    public async Task Command_SendsItsNameUserAndHost(string command, params string[] arguments)
    {
        await using var stub = await StubBalancer.WithChatAsync();

        await stub.RunAsync(arguments);

        Assert.NotEmpty(stub.Callers);
        Assert.All(stub.Callers, caller => Assert.Equal(
            $"user={Uri.EscapeDataString(Environment.UserName)}; host={Environment.MachineName}; "
            + $"pid={Environment.ProcessId}; command={command}",
            caller));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
