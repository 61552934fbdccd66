using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A node that is a script in Node.js, which receives the name of the node as an argument.</summary>
internal sealed class NodeJsNode : IAsyncDisposable
{
    private readonly RunningProcess _process;

    private NodeJsNode(string name, RunningProcess process, string port) =>
        (Name, _process, Address) = (name, process, $"http://127.0.0.1:{port}/");

    public string Name { get; }

    public string Address { get; }

    public static async Task<NodeJsNode> Start(string script, string name)
    {
        var process = InteropClient.StartNodeScript(script, null, name);
        try
        {
            return new NodeJsNode(name, process, (await process.After("listening on "))[0]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
