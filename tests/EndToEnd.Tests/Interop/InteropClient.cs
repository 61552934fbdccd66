using System.Globalization;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>
/// WebSocket clients in other languages. If a program or a package is missing, the test fails with the command that
/// installs it.
/// </summary>
internal static class InteropClient
{
    // Debian's own interpreter: another one that is first on the path does not find Debian's packages.
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs the client of the npm package "ws" against <paramref name="url"/>.</summary>
    public static async Task<InteropResult> RunNode(Uri url, params IEnumerable<string> subprotocols)
    {
        await using var process = StartNodeScript("client.mjs", null, [url.ToString(), .. subprotocols]);
        return await Result<InteropResult>("Node.js", process);
    }

    /// <summary>Runs new clients of an npm package, a given number with each of its transports.</summary>
    /// <param name="script">The file name of the script.</param>
    /// <param name="url">The URL of the server.</param>
    /// <param name="count">The number of clients with each transport.</param>
    /// <param name="authorities">A file of certificates that the clients trust.</param>
    public static async Task<TransportResult[]> RunTransports(
        string script, Uri url, int count, string? authorities = null)
    {
        await using var process = StartNodeScript(
            script, authorities, [url.ToString(), count.ToString(CultureInfo.InvariantCulture)]);
        return await Result<TransportResult[]>(script, process);
    }

    /// <summary>Starts a script in Node.js.</summary>
    /// <param name="script">The file name of the script.</param>
    /// <param name="authorities">A file of certificates that the script trusts.</param>
    /// <param name="arguments">The arguments of the script.</param>
    public static RunningProcess StartNodeScript(
        string script, string? authorities = null, params IEnumerable<string> arguments)
    {
        var folder = Path.Combine(Programs.Interop, "node");
        Assert.True(
            File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")),
            $"The npm packages are missing: apt-get install nodejs npm && npm ci --prefix {folder}");

        var environment = new Dictionary<string, string>();
        if (authorities is not null)
        {
            environment["NODE_EXTRA_CA_CERTS"] = authorities;
        }

        return RunningProcess.Start(
            "Node.js", FindOnPath("node", "nodejs"), environment, [Path.Combine(folder, script), .. arguments]);
    }

    /// <summary>Runs the client of Python's "websockets" against <paramref name="url"/>.</summary>
    public static async Task<InteropResult> RunPython(Uri url, params IEnumerable<string> subprotocols)
    {
        Assert.True(File.Exists(Python), $"{Python} is missing: apt-get install python3-websockets");

        var script = Path.Combine(Programs.Interop, "python", "client.py");
        await using var process = RunningProcess.Start("Python", Python, [script, url.ToString(), .. subprotocols]);
        return await Result<InteropResult>("Python", process);
    }

    /// <summary>
    /// Starts a client of "ws" that sends until the server closes. The first line of its output is "talking" once it
    /// sends, and the last is its result.
    /// </summary>
    public static RunningProcess StartNodeTalk(Uri url) => StartNodeScript("closed.mjs", null, url.ToString());

    /// <summary>Starts the same client with Python's "websockets", with the same output.</summary>
    public static RunningProcess StartPythonTalk(Uri url) => RunningProcess.Start(
        "Python", Python, Path.Combine(Programs.Interop, "python", "closed.py"), url.ToString());

    private static string? FirstOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Whether <see cref="FindOnPath(string, string)"/> finds a program.</summary>
    public static bool IsOnPath(string program) => FirstOnPath(program) is not null;

    /// <summary>
    /// The first file of this name on the path, or where Debian installs servers, which is not on every path.
    /// </summary>
    public static string FindOnPath(string program, string package)
    {
        var found = FirstOnPath(program);

        Assert.True(found is not null, $"The program {program} is missing: apt-get install {package}");
        return found;
    }

    private static async Task<T> Result<T>(string name, RunningProcess process)
    {
        var code = await process.ExitCode();

        Assert.True(code == 0, $"The client in {name} ended with {code}:\n{process.Output}");
        return JsonSerializer.Deserialize<T>(process.Lines.Last(), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException(process.Output);
    }
}
