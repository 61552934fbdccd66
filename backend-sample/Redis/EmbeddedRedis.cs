using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;

namespace WsBalancer.BackendSample.Redis;

/// <summary>A Redis-compatible server in this process (Microsoft Garnet), for tests and demonstrations only.</summary>
internal sealed class EmbeddedRedis : IDisposable
{
    private readonly GarnetServer _server;
    private int _isDisposed;

    private EmbeddedRedis(GarnetServer server, IPEndPoint endpoint)
    {
        _server = server;
        Endpoint = endpoint;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>Starts a server; port 0 selects a free port.</summary>
    /// <exception cref="SocketException">
    /// The port is in use, or the address does not belong to this machine.
    /// </exception>
    public static EmbeddedRedis Start(IPAddress address, int port)
    {
        var endpoint = FindPort(new IPEndPoint(address, port));
        var server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [endpoint],
            QuietMode = true,
            // The defaults are for a dedicated server: 16 GB of log, 128 MB of index, 1 GB of buffers.
            LogMemorySize = "64m",
            PageSize = "1m",
            IndexMemorySize = "8m",
            BufferPoolMemoryBudget = "16m",
            EnableLua = true,
            // Without transactions, two scripts can change the same keys at the same time.
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(
                LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Enable, [], null),
        });
        try
        {
            server.Start();
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return new EmbeddedRedis(server, endpoint);
    }

    public void Dispose()
    {
        // The server throws if it is disposed twice.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _server.Dispose();
        }
    }

    // The server does not report the port that it gets for port 0, and a port in use must be detected before the start.
    private static IPEndPoint FindPort(IPEndPoint wanted)
    {
        using var socket = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(wanted);
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
