using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>Access to the admin API: the callers, the transports, and the events that record each call.</summary>
public sealed class AdminDoorTests : IDisposable
{
    private const string EventFile = "wsbalancer.state.events.jsonl";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsb-");

    private string Address => $"unix:{In("admin.sock")}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Commands_OverAUnixSocket_AreInTheEvents_AfterAKillAndARestart()
    {
        await File.WriteAllTextAsync(In("ops"), "t0ken-ops\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(In("look"), "t0ken-look\n", TestContext.Current.CancellationToken);
        await Write(BalancerConfig.With(("a", "http://127.0.0.1:9/"), ("b", "http://127.0.0.1:9/"))
            .Set("WsBalancer:Admin:Url", Address)
            .Set("WsBalancer:Admin:TokenFile", "ops")
            .Set("WsBalancer:Admin:Tokens:0:Name", "dashboard")
            .Set("WsBalancer:Admin:Tokens:0:TokenFile", "look"));
        var before = await Run();
        await using (before)
        {
            var refused = await Command("weight", "a=2", "--token-file", In("look"));
            var done = await Command("weight", "a=2", "--token-file", In("ops"));

            // The file is written after the response.
            await Deadline.Until("the events are in the file", async () => File.Exists(In(EventFile))
                && (await ReadAsync(EventFile)).Contains("the ring changed", StringComparison.Ordinal));
            before.Send(Signal.Kill);
            await before.ExitCode();

            Assert.Equal((1, 0), (refused.Code, done.Code));
            Assert.Contains(
                "The token 'dashboard' has the right view, and this call needs the right operate: nothing was done.",
                refused.Output,
                StringComparison.Ordinal);
        }

        Assert.True(File.Exists(In("admin.sock")));
        await using var after = await Run();
        var events = await Command("events", "--no-follow", "--since", "1h", "--token-file", In("look"));

        Assert.Equal(0, events.Code);
        Assert.Matches(@"node +chat: a has weight 2 instead of 1 \(by admin: .*@.*, weight\)", events.Output);
        Assert.Matches(@"ring +chat: the ring changed: .* \(by admin: .*@.*, weight\)", events.Output);
        string[] texts =
            [before.Output, after.Output, events.Output, await ReadAsync(EventFile)];
        Assert.DoesNotContain(texts, text => text.Contains("t0ken-", StringComparison.Ordinal));
        after.Send(Signal.Terminate);
        Assert.Equal(0, await after.ExitCode());
        Assert.False(File.Exists(In("admin.sock")));
    }

    [Fact]
    public async Task Commands_OverHttps_TrustTheConfiguredAuthority()
    {
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(
            In("ca.pem"), certificate.Certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await Write(BalancerConfig.With(("a", "http://127.0.0.1:9/"))
            .Set("WsBalancer:Admin:Url", "https://127.0.0.1:0")
            .Set("WsBalancer:Admin:Certificate:Path", certificate.Path)
            .Set("WsBalancer:Admin:Certificate:Password", certificate.Password));
        await using var balancer = await Run();
        var admin = (await balancer.After("wsbalancer admin on "))[0];

        var trusting = await Start("nodes", "--admin", admin, "--ca", In("ca.pem"));
        var doubting = await Start("nodes", "--admin", admin);

        Assert.Equal(0, trusting.Code);
        Assert.Equal(3, doubting.Code);
        Assert.Contains(
            "--ca FILE trusts another authority than those of the system.", doubting.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "WsBalancer:Admin:Certificate: is missing: https needs Path")]
    [InlineData("unix:/nowhere/admin.sock", "expected a path in a folder that exists")]
    public async Task Address_ThatCannotBeServed_IsRefusedByCheckAndRun(string url, string mistake)
    {
        await Write(BalancerConfig.With(("a", "http://127.0.0.1:9/")).Set("WsBalancer:Admin:Url", url));

        foreach (var command in new[] { "check", "run" })
        {
            var refused = await Start(command, "--config", In("wsbalancer.json"));
            Assert.Equal(2, refused.Code);
            Assert.Contains(mistake, refused.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reloads_ReportTheirCause()
    {
        await using var fleet = await ScriptedFleet.Start();
        await fleet.Balancer.Write(BalancerConfig.With(fleet.Nodes).AddNode("d", "http://127.0.0.1:9/").ToString());
        await fleet.Balancer.UntilWritten("has changed and is applied");
        fleet.Balancer.Process.Send(Signal.Hangup);
        await fleet.Balancer.UntilWritten("The configuration is unchanged.");
        await fleet.Balancer.Command("reload");

        var events = await fleet.Balancer.Command("events", "--no-follow");

        Assert.Matches(@"node +chat: d joined with weight 1 \(configured\) \(by file\)", events.Output);
        Assert.Matches(@"ring +chat: the ring changed: .* \(by file\)", events.Output);
        Assert.Contains("has changed and is applied (by file)", events.Output, StringComparison.Ordinal);
        Assert.Contains("is unchanged (by SIGHUP)", events.Output, StringComparison.Ordinal);
        Assert.Matches(@"is unchanged \(by local: .*@.*, reload, from 127\.0\.0\.1\)", events.Output);
    }

    [Fact]
    public async Task NodeThatIsRemoved_HasLeftWithItsLastTunnel()
    {
        await using var fleet = await ScriptedFleet.Start();
        using var client = await fleet.Balancer.Open(await fleet.Balancer.UserOf("b"));
        await client.ReadWelcome();
        await fleet.Balancer.UntilOpen();
        await fleet.Balancer.Command("remove", "b", "--yes");
        var before = await fleet.Balancer.Command("events", "--no-follow");

        await client.Close();

        await Deadline.Until("b has left", async () => (await fleet.Balancer.Command("events", "--no-follow"))
            .Output.Contains("chat: b has left: none of its tunnels is open here", StringComparison.Ordinal));
        Assert.Matches("chat: b leaves; 1 tunnels are open there", before.Output);
        Assert.DoesNotContain("has left", before.Output, StringComparison.Ordinal);
    }

    private string In(string file) => Path.Combine(_folder.FullName, file);

    private Task Write(BalancerConfig config) =>
        File.WriteAllTextAsync(In("wsbalancer.json"), config.ToString(), TestContext.Current.CancellationToken);

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(In(file), TestContext.Current.CancellationToken);

    private Task<CommandResult> Command(params string[] arguments) => Start([.. arguments, "--admin", Address]);

    private static async Task<CommandResult> Start(params string[] arguments)
    {
        await using var process = RunningProcess.Start("wsbalancer", Programs.Balancer, arguments);
        return new CommandResult(await process.ExitCode(), process.Output);
    }

    private async Task<RunningProcess> Run()
    {
        var process = RunningProcess.Start("wsbalancer", Programs.Balancer, "run", "--config", In("wsbalancer.json"));
        await process.After("wsbalancer ready");
        return process;
    }
}
