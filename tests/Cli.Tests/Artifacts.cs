namespace WsBalancer.Cli.Tests;

/// <summary>Where the build put the program under test: next to the tests, in the same configuration.</summary>
internal static class Artifacts
{
    public static string Executable
    {
        get
        {
            var tests = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            var configuration = Path.GetFileName(tests);
            return Path.GetFullPath(Path.Combine(tests, "..", "..", "WsBalancer.Cli", configuration, "wsbalancer"));
        }
    }
}
