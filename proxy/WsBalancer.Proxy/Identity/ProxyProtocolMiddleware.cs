using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.ProxyProtocol;
using WsBalancer.Proxy.Sockets.Transport;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// Reads the PROXY header of connections from the peers that must send one, before TLS and HTTP, and gives the
/// connection the addresses that it announces. Leaves the transport as it is, so that its connection can still be
/// taken away.
/// </summary>
/// <param name="options">The settings in force.</param>
/// <param name="refusal">Counts the connections that are closed for their header.</param>
/// <param name="time">For deadlines.</param>
/// <param name="logger">Of all connections.</param>
internal sealed class ProxyProtocolMiddleware(
    Func<ProxyProtocolOptions> options,
    IClientRefusal refusal,
    TimeProvider time,
    ILogger<ProxyProtocolMiddleware> logger)
{
    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _warnings = new();
    private long? _warnedAt;
    private long _unwarned;

    /// <summary>Serves a connection.</summary>
    /// <param name="connection">One that nothing has been read from.</param>
    /// <param name="next">What follows the header, if there is one.</param>
    public Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var current = options();
        return !current.Peers.IsEmpty
            && connection.RemoteEndPoint is IPEndPoint peer
            && current.Peers.Contains(peer.Address)
                ? RunAsync(connection, peer, current.Timeout, next)
                : next(connection);
    }

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

    /// <returns>The header, which has been taken from the input; null if there is none, which has been
    /// reported.</returns>
    private async ValueTask<ProxyHeaderReading?> ReadAsync(
        ConnectionContext connection, IPEndPoint peer, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var onStop = StopOf(connection).UnsafeRegister(
            static input => ((PipeReader)input!).CancelPendingRead(), connection.Transport.Input);
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
            // The connection is lost: nobody is refused.
            ProxyProtocolLog.EndedBeforeHeader(logger, peer);
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
                // A balancer in front that only looks whether it can connect sends nothing.
                ProxyProtocolLog.EndedBeforeHeader(logger, peer);
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
        refusal.HeaderRefused(fault);
        long unwarned;
        lock (_warnings)
        {
            if (_warnedAt is { } warnedAt && time.GetElapsedTime(warnedAt) < WarningInterval)
            {
                _unwarned++;
                unwarned = -1;
            }
            else
            {
                (unwarned, _unwarned) = (_unwarned, 0);
                _warnedAt = time.GetTimestamp();
            }
        }

        if (unwarned < 0)
        {
            ProxyProtocolLog.AnotherHeaderRefused(logger, peer, fault);
        }
        else
        {
            ProxyProtocolLog.HeaderRefused(logger, peer, fault, unwarned);
        }
    }
}
