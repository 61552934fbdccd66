using System.Diagnostics;

namespace WsBalancer.Cli.Tests;

/// <summary>
/// The program under test, which the build copies next to the tests, in the same build configuration.
/// </summary>
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

    /// <returns>The standard output of the script.</returns>
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

        // The environment of this process also contains the variables that other tests set.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }
}
