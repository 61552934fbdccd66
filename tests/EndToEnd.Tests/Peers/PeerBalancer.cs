using System.Net.Sockets;
using System.Text;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Peers;

/// <summary>
/// Another balancer as a process, with the same nodes as ours. The process listens on a Unix socket in a folder of its
/// own, since neither nginx nor HAProxy reports the port that it got.
/// </summary>
internal sealed class PeerBalancer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly RunningProcess _process;

    private PeerBalancer(DirectoryInfo folder, RunningProcess process) => (_folder, _process) = (folder, process);

    private UnixDomainSocketEndPoint Address => new(SocketIn(_folder));

    /// <summary>Starts an nginx that hashes the query's <c>user</c>; one of the nodes may be down.</summary>
    public static Task<PeerBalancer> StartNginx(IEnumerable<PeerNode> nodes, PeerNode? down = null) => StartNginx(
        folder => $$"""
            upstream chat {
              hash $arg_user consistent;
              {{Lines(nodes, node => $"server 127.0.0.1:{node.Node.Port} weight={node.Weight}"
                  + $"{(node == down ? " down" : "")};")}}
            }
            server {
              listen unix:{{SocketIn(folder)}};
              location / { proxy_pass http://chat; }
            }
            """);

    /// <summary>Starts an nginx with the content of its <c>http</c> block, which listens on <see cref="SocketIn"/>.
    /// </summary>
    public static Task<PeerBalancer> StartNginx(Func<DirectoryInfo, string> http) => Start(
        "nginx",
        folder => $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              scgi_temp_path {{folder}}/scgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              {{http(folder)}}
            }
            """,
        file => ["-e", "stderr", "-c", file]);

    /// <summary>Starts a HAProxy that hashes the query's <c>user</c>; one of the nodes may be disabled.</summary>
    public static Task<PeerBalancer> StartHaproxy(IEnumerable<PeerNode> nodes, PeerNode? down = null) => StartHaproxy(
        folder => $"""
            defaults
              mode http
              timeout connect 10s
              timeout client 30s
              timeout server 30s
            frontend users
              bind unix@{SocketIn(folder)}
              default_backend chat
            backend chat
              balance url_param user
              hash-type consistent
              {Lines(nodes, node => $"server {node.Node.Name} 127.0.0.1:{node.Node.Port} id {node.Number}"
                  + $" weight {node.Weight}{(node == down ? " disabled" : "")}")}

            """);

    /// <summary>Starts a HAProxy with a configuration that listens on <see cref="SocketIn"/>.</summary>
    public static Task<PeerBalancer> StartHaproxy(Func<DirectoryInfo, string> config) => Start(
        "haproxy", config, file => ["-db", "-f", file]);

    /// <summary>The body of the response to a plain request; the target is sent as it is.</summary>
    public async Task<string> Get(string target)
    {
        using var deadline = Deadline.Start();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(Address, deadline.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n\r\n"),
            deadline.Token);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(deadline.Token);

        Assert.True(answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), $"{answer}\n{_process.Output}");
        return answer.Split("\r\n\r\n", 2)[1];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>The path of the listening socket in the folder of a program.</summary>
    public static string SocketIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "users.sock");

    private static async Task<PeerBalancer> Start(
        string name, Func<DirectoryInfo, string> config, Func<string, string[]> arguments)
    {
        var program = InteropClient.FindOnPath(name, name);
        var folder = Directory.CreateTempSubdirectory("wsbalancer-");
        var file = Path.Combine(folder.FullName, $"{name}.conf");
        await File.WriteAllTextAsync(file, config(folder));
        var peer = new PeerBalancer(folder, RunningProcess.Start(name, program, arguments(file)));
        try
        {
            await Deadline.Until($"{name} listens", peer.IsListening, () => peer._process.Output);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    private static string Lines(IEnumerable<PeerNode> nodes, Func<PeerNode, string> line) =>
        string.Join('\n', nodes.Select(line));

    private async Task<bool> IsListening()
    {
        Assert.False(_process.HasEnded, $"It ended:\n{_process.Output}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(Address, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
