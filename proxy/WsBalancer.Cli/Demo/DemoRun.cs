using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Demo.Display;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo;

/// <summary>
/// One run of the demo: starts all processes, runs the chapters, writes the report, and ends the processes.
/// </summary>
internal sealed class DemoRun(DemoSettings settings, CommandOutput output, TextWriter error, TimeProvider time)
{
    private const int LinesOfEachProcess = 30;

    // Ctrl-C also ends the child processes, and a chapter fails when a process has ended: the failure may be observed
    // before its cause.
    private static readonly TimeSpan ReasonLag = TimeSpan.FromMilliseconds(500);

    /// <returns>The exit code: 0 only if every claim held.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var interruption = new Interruption(cancellation);
        try
        {
            await using var fleet = new DemoFleet(time);
            return await (settings.Keep
                ? new KeptFleet(fleet, settings, output, time).RunAsync(interruption)
                : RunAsync(fleet, interruption));
        }
        catch (Exception) when (interruption.HasHappened)
        {
            await error.WriteLineAsync("wsbalancer demo: interrupted; everything it started has ended.");
            return interruption.ExitCode;
        }
        catch (Exception cause) when (cause is DemoFailure or CommandFailure or IOException)
        {
            await error.WriteLineAsync($"wsbalancer demo: {cause.Message}");
            return ExitCode.Failed;
        }
    }

    private async Task<int> RunAsync(DemoFleet fleet, Interruption interruption)
    {
        IDemoScreen screen = output.Terminal is { } terminal
            ? new LiveScreen(terminal, time)
            : new PlainScreen(output.Writer);

        try
        {
            var start = time.GetTimestamp();
            var chapters = await screen.RunAsync(() => RunUnlessBrokenAsync(fleet, screen, interruption));
            var report = new DemoReport(settings, chapters, time.GetElapsedTime(start));

            report.Write(output);
            return report.AllHeld ? ExitCode.Done : await FailAsync(fleet);
        }
        catch (Exception) when (!interruption.HasHappened)
        {
            await FailAsync(fleet);
            throw;
        }
    }

    // When a process has ended, the chapters fail as a consequence. The end of the process is the failure to report.
    private async Task<IReadOnlyList<Chapter>> RunUnlessBrokenAsync(
        DemoFleet fleet, IDemoScreen screen, Interruption interruption)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        var story = RunChaptersAsync(fleet, screen, end.Token);
        await Task.WhenAny(story, fleet.Broken);
        if (story.IsCompletedSuccessfully)
        {
            return await story;
        }

        await Task.WhenAny(Task.Delay(ReasonLag, time, interruption.Token));
        await end.CancelAsync();
        await Task.WhenAny(story);
        interruption.Token.ThrowIfCancellationRequested();
        return fleet.Broken.IsCompleted ? throw await fleet.Broken : await story;
    }

    private async Task<IReadOnlyList<Chapter>> RunChaptersAsync(
        DemoFleet fleet, IDemoScreen screen, CancellationToken cancellation)
    {
        screen.Step($"starting Redis, {settings.Nodes} nodes and the balancer");
        await fleet.StartAsync(settings.Nodes, cancellation);
        screen.Step($"balancer at {fleet.Balancer}, admin at {fleet.Admin}");

        await using var crowd = new DemoUsers(settings.Users, fleet.Balancer, time);
        using var admin = new AdminClient(
            new AdminSettings(fleet.Admin, Token: null, DemoConfiguration.Cluster, OutputForm.Lines));
        screen.Watch(() => DemoPicture.Of(fleet.Nodes, crowd.Placement()));

        return await DemoChapters.RunAsync(
            new ChapterContext(fleet, crowd, admin, screen, new Condition(time), time), cancellation);
    }

    private async Task<int> FailAsync(DemoFleet fleet)
    {
        await error.WriteLineAsync("What the processes wrote last:");
        foreach (var line in fleet.Outputs(LinesOfEachProcess))
        {
            await error.WriteLineAsync($"  {line}");
        }

        return ExitCode.Failed;
    }
}

/// <summary>The size of the demo, and whether its fleet is kept for commands instead of running the chapters.</summary>
internal sealed record DemoSettings(int Nodes, int Users, bool Keep = false);
