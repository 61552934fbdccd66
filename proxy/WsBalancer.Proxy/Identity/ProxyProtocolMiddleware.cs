using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// Reads the PROXY header of connections from the peers that must send one, before TLS and HTTP, and gives the
/// connection the addresses in the header. The transport is not replaced, so that a tunnel can detach the socket.
/// </summary>
internal sealed class ProxyProtocolMiddleware : IDisposable
{
    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(10);

    private readonly Func<ProxyProtocolOptions> _options;
    private readonly IConnectionRefusal _refusal;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyProtocolMiddleware> _logger;
    private readonly LineBudget _warnings;

    /// <param name="options">The settings in force.</param>
    /// <param name="refusal">Counts the connections that are closed for their header.</param>
    /// <param name="time">For deadlines.</param>
    /// <param name="logger">For closed connections.</param>
    public ProxyProtocolMiddleware(
        Func<ProxyProtocolOptions> options,
        IConnectionRefusal refusal,
        TimeProvider time,
        ILogger<ProxyProtocolMiddleware> logger)
    {
        _options = options;
        _refusal = refusal;
        _time = time;
        _logger = logger;
        _warnings = new LineBudget(
            time, WarningInterval, suppressed => ProxyProtocolLog.MoreHeadersRefused(logger, suppressed));
    }

    /// <summary>Serves a connection.</summary>
    /// <param name="connection">A new connection, of which nothing has been read.</param>
    /// <param name="next">Serves the bytes after the header, or all of them if the peer sends no header.</param>
    public Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var current = _options();
        return !current.Peers.IsEmpty
            && connection.RemoteEndPoint is IPEndPoint peer
            && current.Peers.Contains(peer.Address)
                ? RunAsync(connection, peer, current.Timeout, next)
                : next(connection);
    }

    public void Dispose() => _warnings.Dispose();

    private async Task RunAsync(
        ConnectionContext connection, IPEndPoint peer, TimeSpan timeout, ConnectionDelegate next)
    {
        if (await ReadAsync(connection, peer, timeout) is not { } header)
        {
            return;
        }

        if (header.Source is not null)
        {
            connection.RemoteEndPoint = header.Source;
            connection.LocalEndPoint = header.Destination;
        }

        await next(connection);
    }

    /// <returns>The header, which is consumed; null if there is none, which is counted and logged.</returns>
    private async ValueTask<ProxyHeaderReading?> ReadAsync(
        ConnectionContext connection, IPEndPoint peer, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var onStop = StopOf(connection).UnsafeRegister(
            static input => CallbackState.Of<PipeReader>(input).CancelPendingRead(), connection.Transport.Input);
        try
        {
            return await ReadAsync(connection.Transport.Input, peer, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Refuse(peer, ProxyHeaderFault.Late);
        }
        catch (Exception ex) when (ex is IOException or ConnectionAbortedException or SocketException)
        {
            // A lost connection is not counted as refused.
            ProxyProtocolLog.EndedBeforeHeader(_logger, peer);
        }

        return null;
    }

    private async ValueTask<ProxyHeaderReading?> ReadAsync(
        PipeReader input, IPEndPoint peer, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            var header = Read(read.Buffer);
            if (header.Status == ProxyHeaderStatus.Complete)
            {
                input.AdvanceTo(read.Buffer.GetPosition(header.Length));
                return header;
            }

            if (header.Status is not ProxyHeaderStatus.Incomplete)
            {
                Refuse(
                    peer,
                    header.Status == ProxyHeaderStatus.Missing ? ProxyHeaderFault.Missing : ProxyHeaderFault.Malformed);
                return null;
            }

            if (read.IsCompleted && !read.Buffer.IsEmpty)
            {
                Refuse(peer, ProxyHeaderFault.Malformed);
                return null;
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                // A health check that only connects sends nothing.
                ProxyProtocolLog.EndedBeforeHeader(_logger, peer);
                return null;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ProxyHeaderReading Read(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return ProxyHeaderReader.Read(bytes.FirstSpan);
        }

        var length = (int)Math.Min(bytes.Length, ProxyHeaderReader.MaxLength);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        bytes.Slice(0, length).CopyTo(copy);
        var header = ProxyHeaderReader.Read(copy.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(copy);
        return header;
    }

    private static CancellationToken StopOf(ConnectionContext connection) =>
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    private void Refuse(IPEndPoint peer, ProxyHeaderFault fault)
    {
        _refusal.HeaderRefused(fault);
        if (_warnings.TryTake(limit: 1, out var suppressed))
        {
            ProxyProtocolLog.HeaderRefused(_logger, peer, fault, suppressed);
        }
        else
        {
            ProxyProtocolLog.AnotherHeaderRefused(_logger, peer, fault);
        }
    }
}
