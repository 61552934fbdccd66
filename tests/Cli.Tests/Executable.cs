using System.Diagnostics;

namespace WsBalancer.Cli.Tests;

/// <summary>The program under test, which the build has put next to the tests, in the same configuration.</summary>
internal static class Executable
{
    public static string Path
    {
        get
        {
            var tests = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            var configuration = System.IO.Path.GetFileName(tests);
            return System.IO.Path.GetFullPath(
                System.IO.Path.Combine(tests, "..", "..", "WsBalancer.Cli", configuration, "wsbalancer"));
        }
    }

    public static async Task<CommandRun> RunAsync(
        string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = StartInfo(arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CommandRun(process.ExitCode, await output, await error);
    }

    /// <returns>What a script wrote.</returns>
    public static async Task<string> ShellAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    private static bool IsOurs(string name) => name.StartsWith("WSBALANCER", StringComparison.Ordinal);

    public static ProcessStartInfo StartInfo(string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Also what other tests set for themselves.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }
}
