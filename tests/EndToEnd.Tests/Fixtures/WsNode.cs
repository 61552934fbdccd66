using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>The sample node as a process.</summary>
internal sealed class WsNode : IAsyncDisposable
{
    private WsNode(string name, int port, RunningProcess process) => (Name, Port, Process) = (name, port, process);

    public string Name { get; }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/";

    public RunningProcess Process { get; }

    /// <summary>Starts a node on a free port, or again on its earlier port.</summary>
    public static async Task<WsNode> Start(string name, int port = 0, params IEnumerable<string> arguments)
    {
        var process = RunningProcess.Start(
            name, Programs.Node, ["serve", "--name", name, "--urls", $"http://127.0.0.1:{port}", .. arguments]);
        var address = await process.After($"{name} listening on ");

        return new WsNode(name, new Uri(address[0]).Port, process);
    }

    public static Task<WsNode[]> StartAll(params IEnumerable<string> names) =>
        Task.WhenAll(names.Select(name => Start(name)));

    /// <summary>Kills the process, without a shutdown: as when its machine fails.</summary>
    public async Task Kill()
    {
        Process.Send(Signal.Kill);
        await Process.ExitCode();
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
