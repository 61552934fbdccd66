using System.CommandLine;
using System.Net.Sockets;
using Spectre.Console;
using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Commands;

/// <summary>
/// <c>wsload compare</c>: puts the same load on several targets in turn, and measures its cost for each.
/// </summary>
internal static class CompareCommand
{
    // Fits the names and ratios of a few targets. Needed because a pipe has no width of its own.
    private const int NarrowestTable = 120;

    public static Command Create(TimeProvider time)
    {
        var options = new CompareOptions();
        var command = new Command("compare", "Measure what several proxies cost in front of the same echo server.");
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options.Read(parsed), parsed.InvocationConfiguration, time));
        return command;
    }

    private static async Task<int> RunAsync(
        CompareRequest request, InvocationConfiguration streams, TimeProvider time)
    {
        var problems = Problems(request.Settings);
        foreach (var problem in problems)
        {
            await streams.Error.WriteLineAsync(problem);
        }

        return problems.Count > 0 ? ExitCode.Usage : await MeasureAsync(request, streams, time);
    }

    private static List<string> Problems(CompareSettings settings) => OperatingSystem.IsLinux()
        ?
        [
            .. Preflight.Check(Math.Max(settings.Connections, settings.Tunnels), ProcessLimits.Read()),
            .. from target in settings.Targets
               where target.Process is { } process && ProcessTree.Of(process).Count == 0
               select $"--target: {target.Name} has no process {target.Process}.",
        ]
        : ["wsload compare needs Linux: it reads /proc, and waits for its sockets with epoll."];

    private static async Task<int> MeasureAsync(
        CompareRequest request, InvocationConfiguration streams, TimeProvider time)
    {
        using var signals = new StopSignals();
        Action<string> notify = request.IsQuiet ? _ => { } : streams.Error.WriteLine;
        try
        {
            var report = new Comparison(request.Settings, time, notify).Run(signals.Requested);
            var exitCode = report.Failed == 0 ? ExitCode.Success : ExitCode.Failed;
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(streams.Output) });
            console.Profile.Width = Math.Max(console.Profile.Width, NarrowestTable);
            CompareTable.Write(console, report);
            return await ReportFile.WriteAsync(
                request.Json, CompareJson.From(report, exitCode).Serialize, streams.Error)
                ? exitCode
                : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await streams.Error.WriteLineAsync("Stopped: part of a comparison compares nothing.");
            return ExitCode.Stopped;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await streams.Error.WriteLineAsync(failure.Message);
            return ExitCode.Failed;
        }
    }
}
