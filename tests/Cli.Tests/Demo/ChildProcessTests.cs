using WsBalancer.Cli.Demo;
using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class ChildProcessTests : IDisposable
{
    private readonly OrphanKiller _orphans = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _orphans.Dispose();

    [Fact]
    public async Task ALine_IsFoundByItsBeginning()
    {
        await using var child = Shell("echo starting; echo 'ws-1 listening on http://127.0.0.1:5'; exec sleep 60");

        Assert.Equal("http://127.0.0.1:5", await child.ReadAfterAsync("ws-1 listening on ", Cancellation));
        Assert.Equal("", await child.ReadAfterAsync("starting", Cancellation));
    }

    [Fact]
    public async Task AProcessThatEndsBeforeItsLine_IsAFailureWithItsExitCode()
    {
        await using var child = Shell("echo oops >&2; exit 7");

        var failure = await Assert.ThrowsAsync<DemoFailure>(() => child.ReadAfterAsync("ready", Cancellation));

        Assert.Equal("shell ended with exit code 7 before it wrote 'ready…'.", failure.Message);
        Assert.Equal(["oops"], child.Output.Lines);
    }

    [Fact]
    public async Task AProcessThatEndsOnItsOwn_IsUnexpected()
    {
        await using var child = Shell("exit 3");

        await child.UnexpectedEnd.WaitAsync(Cancellation);

        Assert.Equal("shell ended on its own with exit code 3.", child.DescribeEnd());
    }

    [Fact]
    public async Task ACrashOnPurpose_IsExpected()
    {
        await using var child = Shell("exec sleep 60");

        await child.CrashAsync();
        await child.CrashAsync();

        Assert.False(IsAlive(child.Id));
        Assert.False(child.UnexpectedEnd.IsCompleted);
    }

    [Fact]
    public async Task Stop_LetsTheProcessEndInOrder()
    {
        await using var child = Shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
        await child.ReadAfterAsync("up", Cancellation);

        await child.StopAsync();

        Assert.Contains("bye", child.Output.Lines);
        Assert.False(child.UnexpectedEnd.IsCompleted);
    }

    [Fact]
    public async Task TheBalancersConfiguration_IsNotInherited()
    {
        // The variable is set in this process, where other tests read it as configuration: its value has no effect on
        // them.
        Environment.SetEnvironmentVariable("WSBALANCER__Logging__LogLevel__Nobody", "Information");

        await using var child = Shell("env; echo the end; exec sleep 60");
        await child.ReadAfterAsync("the end", Cancellation);

        Assert.DoesNotContain(child.Output.Lines, line => line.StartsWith("WSBALANCER__", StringComparison.Ordinal));
        Assert.Contains(child.Output.Lines, line => line.StartsWith("PATH=", StringComparison.Ordinal));
    }

    private ChildProcess Shell(string script) =>
        ChildProcess.Start("shell", new ProgramFile("/bin/sh", ["-c"]), [script], _orphans, TimeProvider.System);

    private static bool IsAlive(int process) => Directory.Exists($"/proc/{process}");
}
