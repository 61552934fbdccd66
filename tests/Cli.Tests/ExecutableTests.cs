using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace WsBalancer.Cli.Tests;

/// <summary>The program as a script uses it: exit codes, and the output stream of each message.</summary>
public sealed class ExecutableTests
{
    // Nothing listens on port 1 of the loopback interface.
    private const string ClosedPort = "http://127.0.0.1:1";

    [Fact]
    public async Task NoArguments_ShowTheHelpAndExit0()
    {
        var run = await Executable.RunAsync([]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("wsbalancer where alice", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("drain", "wsbalancer drain ws-2 --wait")]
    [InlineData("rebalance", "wsbalancer rebalance --wait")]
    [InlineData("where", "wsbalancer where alice")]
    public async Task TheHelpOfACommand_HasExamples(string command, string example)
    {
        var run = await Executable.RunAsync([command, "--help"]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains($"Examples:\n  {example}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wsbalancer: 'nodse' is not a command of 'wsbalancer'. Did you mean 'nodes'?\n", "nodse")]
    [InlineData("'wsbalancer where' needs USER.", "where")]
    [InlineData("--colour", "status", "--colour")]
    [InlineData("--users takes a whole number from 40 to 2000, not 'many'", "demo", "--users", "many")]
    [InlineData("--nodes takes a whole number from 2 to 16, not '1'", "demo", "--nodes", "1")]
    [InlineData("--users takes at least 100 then", "demo", "--nodes", "5", "--users", "99")]
    [InlineData("--ring, --listen, --admin and --state require --node", "run", "--config", "x.json", "--ring", "nginx")]
    [InlineData("Ring:Algorithm is 'nginks': expected one of", "run", "--node", "ws-1=http://h:1", "--ring", "nginks")]
    [InlineData(
        "Destinations:ws-1:Metadata:RingKey is missing: expected the server's id in HAProxy",
        "run",
        "--node",
        "ws-1=http://h:1",
        "--ring",
        "haproxy")]
    [InlineData("'nowhere' is not an address", "status", "--admin", "nowhere")]
    [InlineData("'ftp://x' is not an address", "status", "--admin", "ftp://x", "--json")]
    public async Task AWrongCommandLine_Exits2WithTheReasonOnStandardErrorOnly(string why, params string[] arguments)
    {
        var run = await Executable.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        AssertFailureIn(run.Output, arguments, ExitCode.Usage);
    }

    [Fact]
    public async Task AWordThatIsFarFromAnyCommand_HasNoSuggestion()
    {
        var run = await Executable.RunAsync(["bogus"]);

        Assert.Equal(
            "wsbalancer: 'bogus' is not a command of 'wsbalancer'.\n  'wsbalancer --help' shows how it is used.\n",
            run.Error);
    }

    [Theory]
    [InlineData("where", "--", "--json")]
    [InlineData("nodes", "--json", "false")]
    public async Task AFailure_WithoutTheOptionJson_IsNoDocument(params string[] arguments)
    {
        var run = await Executable.RunAsync(arguments, ("WSBALANCER_ADMIN", ClosedPort));

        Assert.Equal((ExitCode.Unreachable, ""), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("help", "drain")]
    [InlineData("drain", "--help")]
    public async Task HelpOfACommand_IsThatOfTheOption(params string[] arguments)
    {
        var run = await Executable.RunAsync(arguments);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("wsbalancer drain <NODE> [options]", run.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("-v")]
    [InlineData("--version")]
    public async Task Version_IsThatOfTheProgram(string argument)
    {
        var run = await Executable.RunAsync([argument]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Fact]
    public async Task OutputThatCannotBeWritten_IsOneLine()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var error = await Executable.ShellAsync(
            "\"$PROGRAM\" nodes 2>&1 >/dev/full; echo $?",
            ("PROGRAM", Executable.Path),
            ("WSBALANCER_ADMIN", stub.Address));

        Assert.Matches(@"^wsbalancer: The output cannot be written: .*\n1\n$", error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("nodes", "--json")]
    [InlineData("where", "alice")]
    [InlineData("nodes", "--watch")]
    [InlineData("events")]
    [InlineData("tunnels")]
    [InlineData("disconnect", "--tunnel", "t-1")]
    [InlineData("drain", "ws-1", "--wait")]
    [InlineData("resume", "ws-1", "--json")]
    [InlineData("plan", "--json")]
    [InlineData("add", "ws-1=http://h:1")]
    [InlineData("remove", "ws-1")]
    [InlineData("weight", "ws-1=1")]
    [InlineData("blend", "--to", "maglev", "--share", "10%")]
    [InlineData("rebalance", "--wait")]
    [InlineData("rebalance", "pause")]
    public async Task ABalancerThatIsUnreachable_Exits3AndNamesTheAddress(params string[] arguments)
    {
        var run = await Executable.RunAsync([.. arguments, "--admin", ClosedPort]);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains(
            $"Cannot reach a balancer at {ClosedPort}/: Connection ref", run.Error, StringComparison.Ordinal);
        AssertFailureIn(run.Output, arguments, ExitCode.Unreachable);
    }

    [Theory]
    [InlineData("s3cret\nX-Evil: 1")]
    [InlineData("géheim")]
    public async Task ATokenThatNoHeaderCarries_Exits2AndIsNotShown(string token)
    {
        var run = await Executable.RunAsync(["nodes"], ("WSBALANCER_ADMIN", ClosedPort), ("WSBALANCER_TOKEN", token));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal(
            "wsbalancer: The token has characters that no header can carry: --token, --token-file and WSBALANCER_TOKEN "
                + "take printable ASCII in one line.\n",
            run.Error);
    }

    [Theory]
    [InlineData("s3cret")]
    [InlineData("s3cret\r\n")]
    public async Task TheEnvironment_NamesTheBalancerAndTheToken(string token)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat);

        var run = await Executable.RunAsync(["nodes"], ("WSBALANCER_ADMIN", stub.Address), ("WSBALANCER_TOKEN", token));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("Bearer s3cret", Assert.Single(stub.Authorizations));
    }

    [Fact]
    public async Task AnAddressThatIsTaken_IsReportedInOneSentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var run = await Executable.RunAsync(
            ["run", "--node", "ws-1=http://h:1", "--listen", url, "--admin", "http://127.0.0.1:0"]);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.EndsWith(
            $"wsbalancer cannot start: Failed to bind to address {url}: address already in use.\n",
            run.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("crit", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events")]
    [InlineData("nodes", "--watch")]
    [InlineData("nodes", "--watch", "--json")]
    public async Task Following_WhoseReaderClosesThePipe_Ends(params string[] arguments)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat).On(
            "/api/v1/events", StubAnswer.Events("""data: {"kind":"ring","message":"x"}""" + "\n\n", staysOpen: true));
        using var process = Process.Start(Executable.StartInfo([.. arguments, "--admin", stub.Address]))!;
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        process.StandardOutput.Close();

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Done, process.ExitCode);
        Assert.Empty(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AUserCalledLikeAFile_IsAUser()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat).With(Documents.ChatOwner, Documents.Owner(user: "@alice"));

        var run = await Executable.RunAsync(["where", "@alice", "--admin", stub.Address]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("/api/v1/clusters/chat/owner?user=%40alice", stub.Targets);
    }

    private static void AssertFailureIn(string output, string[] arguments, int exitCode)
    {
        if (arguments.Contains("--json"))
        {
            using var document = JsonDocument.Parse(output);
            Assert.Equal(exitCode, document.RootElement.GetProperty("exitCode").GetInt32());
            Assert.NotEmpty(document.RootElement.GetProperty("detail").GetString()!);
        }
        else
        {
            Assert.Empty(output);
        }
    }
}
