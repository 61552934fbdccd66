using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Paths;

/// <summary>
/// One node behind two balancers that differ only in the engine of their sockets: on one, handshakes take the portable
/// path, on the other the native one.
/// </summary>
public sealed partial class BothPaths : IAsyncLifetime
{
    private const string Routes = "ReverseProxy:Routes";

    private readonly ConcurrentQueue<string> _heads = new();
    private Balancer? _portable;
    private Balancer? _native;

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    public async ValueTask InitializeAsync()
    {
        _portable = await Balancer.Start(Config(), "sockets");
        _native = await Balancer.Start(Config(), "auto");
    }

    /// <summary>Sends the same bytes through both balancers, to a node with the same script.</summary>
    internal async Task<(Transcript Portable, Transcript Native)> Compare(
        byte[] request, Func<NodeConnection, Task> script) =>
        (await Speak(_portable!, request, script), await Speak(_native!, request, script));

    /// <summary>The path of a handshake at the balancer that should use the native one.</summary>
    internal async Task<string?> PathOfNative()
    {
        Node.Script = Script.Echo();
        using var client = await _native!.Open("alice");
        await client.ReadWelcome();
        var listed = await _native.Command("tunnels", "--json");
        await client.Close();
        return (string?)JsonNode.Parse(listed.Output)![0]!["path"];
    }

    public async ValueTask DisposeAsync()
    {
        await _portable!.DisposeAsync();
        await _native!.DisposeAsync();
        await Node.DisposeAsync();
    }

    private BalancerConfig Config()
    {
        var config = BalancerConfig.With(Node)
            .Set($"{BalancerConfig.ClusterKey}:Handshake:Timeout", "5s")
            .Set($"{Routes}:odd:ClusterId", BalancerConfig.Cluster)
            .Set($"{Routes}:odd:Order", -1)
            .Set($"{Routes}:odd:Match:Path", "/odd/{**rest}")
            .Set($"{Routes}:odd:Transforms", new JsonArray(
                Transform(("PathPrefix", "/before")),
                Transform(("RequestHeader", "X-Set"), ("Set", "by the balancer")),
                Transform(("RequestHeader", "X-Appended"), ("Append", "and more")),
                Transform(("RequestHeaderRemove", "X-Removed")),
                Transform(("QueryValueParameter", "added"), ("Set", "ä b")),
                Transform(("RequestHeaderOriginalHost", "false")),
                Transform(("X-Forwarded", "Append"), ("HeaderPrefix", "X-Fwd-")),
                Transform(("ResponseHeader", "X-Answer"), ("Set", "changed"), ("When", "Always")),
                Transform(("ResponseHeader", "X-Added"), ("Append", "too"), ("When", "Always")),
                Transform(("ResponseHeaderRemove", "X-Gone"), ("When", "Always"))));
        return config;
    }

    private static JsonObject Transform(params (string Name, string Value)[] parts) =>
        new(parts.Select(part => KeyValuePair.Create(part.Name, (JsonNode?)part.Value)));

    private async Task<Transcript> Speak(Balancer balancer, byte[] request, Func<NodeConnection, Task> script)
    {
        _heads.Clear();
        Node.Forget();
        Node.Script = connection =>
        {
            _heads.Enqueue(connection.Request.Text);
            return script(connection);
        };
        using var client = await RawClient.Connect(balancer.Port);
        await client.Wire.Send(request);
        var (bytes, end) = await client.Wire.ReadToEnd();

        // When a node sends no response, the platform's client retries the same node, but placement only another one:
        // equal heads count once. How much of a response arrives before a reset is random.
        return new Transcript(
            string.Join("---\n", _heads.Distinct()),
            end == StreamEnd.Reset ? "" : Whole(Timeless(Encoding.Latin1.GetString(bytes))),
            end);
    }

    // How a body is divided into chunks is random too.
    private static string Whole(string answer)
    {
        var start = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (!answer[..start].Contains("Transfer-Encoding: chunked\r\n", StringComparison.Ordinal))
        {
            return answer;
        }

        var whole = new StringBuilder(answer[..start]);
        while (Chunk().Match(answer, start) is { Success: true } line)
        {
            var length = Convert.ToInt32(line.Groups[1].Value, 16);
            whole.Append(answer, start + line.Length, length);
            start += line.Length + length + 2;
        }

        return whole.Append(answer[start..]).ToString();
    }

    private static string Timeless(string answer) =>
        RetryAfter().Replace(Date().Replace(answer, "Date: now\r\n"), "Retry-After: soon\r\n");

    [GeneratedRegex(@"\G([0-9a-fA-F]+)\r\n")]
    private static partial Regex Chunk();

    [GeneratedRegex("Date: [^\r]*GMT\r\n")]
    private static partial Regex Date();

    [GeneratedRegex("Retry-After: [0-9]+\r\n")]
    private static partial Regex RetryAfter();
}

/// <summary>The bytes of one exchange.</summary>
/// <param name="AtNode">The request heads that reached the node.</param>
/// <param name="AtClient">The bytes that reached the client.</param>
/// <param name="End">How the client's connection ended.</param>
internal sealed record Transcript(string AtNode, string AtClient, StreamEnd End);
