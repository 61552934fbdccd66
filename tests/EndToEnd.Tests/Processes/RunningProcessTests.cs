namespace WsBalancer.EndToEnd.Tests.Processes;

public sealed class RunningProcessTests
{
    [Fact]
    public async Task After_ReturnsWhatFollowsThePrefix()
    {
        await using var process = Shell("echo listening on 1; echo listening on 2; echo ready; read forever");

        await process.After("ready");

        Assert.Equal(["1", "2"], await process.After("listening on "));
    }

    [Fact]
    public async Task After_WhenTheProgramEndsFirst_FailsWithItsOutput()
    {
        await using var process = Shell("echo no such file >&2; exit 2");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => process.After("ready"));

        Assert.Contains("! no such file", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, await process.ExitCode());
    }

    [Theory]
    [InlineData(Signal.Terminate, "TERM")]
    [InlineData(Signal.Hangup, "HUP")]
    [InlineData(Signal.Interrupt, "INT")]
    public async Task Send_ReachesTheProgram(Signal signal, string name)
    {
        await using var process = Shell($"trap 'echo got {name}; exit 7' {name}; echo ready; read forever");
        await process.After("ready");

        process.Send(signal);

        Assert.Equal(7, await process.ExitCode());
        Assert.Contains($"got {name}", process.Lines);
    }

    [Fact]
    public async Task Dispose_LeavesNothingBehind()
    {
        var process = Shell("echo $$; read forever");
        var id = (await process.After("")).Single();

        await process.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Start_HidesTheDevelopersEnvironment()
    {
        Environment.SetEnvironmentVariable("WSBALANCER__Admin__Url", "http://127.0.0.1:1");
        await using var process = Shell("echo [$WSBALANCER__Admin__Url]");

        await process.ExitCode();

        Assert.Equal(["[]"], process.Lines);
    }

    [Fact]
    public async Task Start_KeepsTheEngineThatTheSuiteRunsOn()
    {
        // The value "auto" equals the default, also for the other tests of this process.
        var engine = Environment.GetEnvironmentVariable(RunningProcess.EngineVariable) ?? "auto";
        Environment.SetEnvironmentVariable(RunningProcess.EngineVariable, engine);
        await using var process = Shell($"echo [${RunningProcess.EngineVariable}]");

        await process.ExitCode();

        Assert.Equal([$"[{engine}]"], process.Lines);
    }

    private static RunningProcess Shell(string script) => RunningProcess.Start("sh", "/bin/sh", "-c", script);
}
