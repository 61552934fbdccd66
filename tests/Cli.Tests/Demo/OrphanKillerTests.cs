using System.Diagnostics;
using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class OrphanKillerTests
{
    private const int Killed = 128 + 9;

    [Fact]
    public async Task TheEndOfThePipe_KillsTheWatchedAndSparesTheForgotten()
    {
        var orphans = new OrphanKiller();
        using var first = Sleeper();
        using var second = Sleeper();
        using var forgotten = Sleeper();
        orphans.Watch(first.Id);
        orphans.Watch(forgotten.Id);
        orphans.Watch(second.Id);
        orphans.Forget(forgotten.Id);

        orphans.Dispose();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([Killed, Killed], [first.ExitCode, second.ExitCode]);
        Assert.False(forgotten.HasExited);
        forgotten.Kill();
    }

    private static Process Sleeper() => Process.Start("sleep", "60");
}
