using System.CommandLine;
using Spectre.Console;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Commands;

/// <summary>
/// <c>wsload run</c>: performs one run and writes its report and its verdict. Progress is written to standard error.
/// </summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(TimeProvider time)
    {
        var options = new RunOptions();
        var command = new Command(Name, "Open connections at a rate, hold them, send messages, report.");
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options.Read(parsed), parsed.InvocationConfiguration, time));
        return command;
    }

    private static async Task<int> RunAsync(RunRequest request, InvocationConfiguration streams, TimeProvider time)
    {
        var problems = Preflight.Check(request.Settings.Connections, ProcessLimits.Read());
        foreach (var problem in problems)
        {
            await streams.Error.WriteLineAsync(problem);
        }

        return problems.Count > 0 ? ExitCode.Usage : await MeasureAsync(request, streams, time);
    }

    private static async Task<int> MeasureAsync(RunRequest request, InvocationConfiguration streams, TimeProvider time)
    {
        using var signals = new StopSignals();
        await WarmUp.RunAsync(request.Settings, time, signals.Requested);

        var startedAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        var run = new LoadRun(request.Settings, time);
        var source = new SnapshotSource(run, request.Settings.Connections, time);
        await Display(request, streams, time).ShowAsync(source, run.RunAsync(signals.Requested));

        var stopped = signals.Requested.IsCancellationRequested;
        var report = RunReport.From(request.Settings, run, startedAt, time.GetElapsedTime(begun), stopped);
        var verdicts = request.Thresholds.Select(threshold => threshold.Judge(report)).ToList();
        var exitCode = Judge(report, verdicts);

        TextReport.Write(Console(streams.Output), report, verdicts);
        return await ReportFile.WriteAsync(
            request.Json, JsonReport.From(report, verdicts, exitCode).Serialize, streams.Error)
            ? exitCode
            : ExitCode.Failed;
    }

    private static int Judge(RunReport report, IEnumerable<ThresholdVerdict> verdicts) => report switch
    {
        { Stopped: true } => ExitCode.Stopped,
        { Connections.Opened: 0 } => ExitCode.Failed,
        _ => verdicts.All(verdict => verdict.Met) ? ExitCode.Success : ExitCode.ThresholdMissed,
    };

    private static IProgressDisplay Display(RunRequest request, InvocationConfiguration streams, TimeProvider time)
    {
        if (request.IsQuiet)
        {
            return new QuietDisplay();
        }

        var console = Console(streams.Error);
        return console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal
            ? new PanelDisplay(console, "wsload to " + request.Settings.Target.Shown, time)
            : new LineDisplay(streams.Error, time);
    }

    private static IAnsiConsole Console(TextWriter output) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
}
