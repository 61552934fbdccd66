using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.Faults.Tests;

/// <summary>Users with an open tunnel each, which must survive the failure of another component.</summary>
internal sealed class OpenTunnels : IDisposable
{
    private const string Message = """{"type":"echo"}""";

    private readonly List<(string User, string Node, RawClient Client)> _tunnels = [];

    private OpenTunnels()
    {
    }

    /// <summary>The users, and the nodes that sent their welcome messages.</summary>
    public Dictionary<string, string> Nodes => _tunnels.ToDictionary(
        static tunnel => tunnel.User, static tunnel => tunnel.Node);

    /// <summary>Opens this many tunnels, none of them to the excluded node.</summary>
    public static async Task<OpenTunnels> Open(Balancer balancer, int count, string? without = null)
    {
        var open = new OpenTunnels();
        for (var i = 0; open._tunnels.Count < count; i++)
        {
            var client = await balancer.Open($"open-{i}");
            var node = await client.ReadWelcome();
            if (node == without)
            {
                client.Dispose();
                continue;
            }

            open._tunnels.Add(($"open-{i}", node, client));
        }

        return open;
    }

    /// <summary>Opens a tunnel for each of these users.</summary>
    public static async Task<OpenTunnels> Open(Balancer balancer, params IEnumerable<string> users)
    {
        var open = new OpenTunnels();
        foreach (var user in users)
        {
            var client = await balancer.Open(user);
            open._tunnels.Add((user, await client.ReadWelcome(), client));
        }

        return open;
    }

    /// <summary>
    /// Sends a message through each tunnel and receives its echo: no tunnel has ended, and no echo is late.
    /// </summary>
    public async Task Echo()
    {
        await Send();
        await ReadEchoes();
    }

    /// <summary>Sends a message through each tunnel.</summary>
    public Task Send() => Task.WhenAll(_tunnels.Select(static tunnel => tunnel.Client.Send(Frame.Text(Message))));

    /// <summary>Receives one echo from each tunnel.</summary>
    public async Task ReadEchoes()
    {
        var echoes = await Task.WhenAll(_tunnels.Select(static tunnel => tunnel.Client.Read()));
        Assert.All(echoes, static echo => Assert.Equal(Message, echo.PayloadText));
    }

    public void Dispose() => _tunnels.ForEach(static tunnel => tunnel.Client.Dispose());
}
