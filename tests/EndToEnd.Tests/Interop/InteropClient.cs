using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>WebSocket clients in other languages. What is missing fails the test, and says how to get it.</summary>
internal static class InteropClient
{
    // Debian's own interpreter: another one first on the path does not see Debian's packages.
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs the client of the npm package "ws" against <paramref name="url"/>.</summary>
    public static Task<InteropResult> RunNode(Uri url, params IEnumerable<string> subprotocols)
    {
        var folder = Path.Combine(Programs.Interop, "node");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules", "ws")),
            $"The npm package ws is missing: apt-get install nodejs npm && npm ci --prefix {folder}");

        var script = Path.Combine(folder, "client.mjs");
        return Run("Node.js", FindOnPath("node", "nodejs"), script, [url.ToString(), .. subprotocols]);
    }

    /// <summary>Runs the client of Python's "websockets" against <paramref name="url"/>.</summary>
    public static Task<InteropResult> RunPython(Uri url, params IEnumerable<string> subprotocols)
    {
        Assert.True(File.Exists(Python), $"{Python} is missing: apt-get install python3-websockets");

        var script = Path.Combine(Programs.Interop, "python", "client.py");
        return Run("Python", Python, script, [url.ToString(), .. subprotocols]);
    }

    /// <summary>Starts a client of "ws" that talks until the server closes; "talking" is its first line then, and what
    /// it saw its last.</summary>
    public static RunningProcess StartNodeTalk(Uri url) => RunningProcess.Start(
        "Node.js", FindOnPath("node", "nodejs"), Path.Combine(Programs.Interop, "node", "closed.mjs"), url.ToString());

    /// <summary>The same with Python's "websockets".</summary>
    public static RunningProcess StartPythonTalk(Uri url) => RunningProcess.Start(
        "Python", Python, Path.Combine(Programs.Interop, "python", "closed.py"), url.ToString());

    private static string? FirstOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Whether a program is where <see cref="FindOnPath(string, string)"/> looks.</summary>
    public static bool IsOnPath(string program) => FirstOnPath(program) is not null;

    /// <summary>The first file of this name on the path, or where Debian keeps servers, which is not on every path.
    /// </summary>
    public static string FindOnPath(string program, string package)
    {
        var found = FirstOnPath(program);

        Assert.True(found is not null, $"The program {program} is missing: apt-get install {package}");
        return found;
    }

    private static async Task<InteropResult> Run(string name, string program, string script, string[] arguments)
    {
        await using var process = RunningProcess.Start(name, program, [script, .. arguments]);
        var code = await process.ExitCode();

        Assert.True(code == 0, $"The client in {name} ended with {code}:\n{process.Output}");
        return JsonSerializer.Deserialize<InteropResult>(process.Lines.Last(), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException(process.Output);
    }
}
