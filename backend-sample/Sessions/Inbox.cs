using System.Buffers;
using System.Net.WebSockets;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Reads one client: echoes go back as they come in, texts are put together and handed on.</summary>
internal sealed class Inbox(WebSocket socket, Outbox outbox, int maxMessageBytes)
{
    private const int FirstBuffer = 4 * 1024;

    /// <summary>Reads until the client closes or sends too long a message.</summary>
    public async Task<InboxEnd> ReadAsync(Func<ClientMessage, Task> handle, CancellationToken cancellation)
    {
        while (true)
        {
            // A read without a buffer: an idle client holds no memory.
            var next = await socket.ReceiveAsync(Memory<byte>.Empty, cancellation);
            var end = next.MessageType switch
            {
                WebSocketMessageType.Close => InboxEnd.ClientClosed,
                WebSocketMessageType.Binary => await ReadBinaryAsync(next.EndOfMessage, cancellation),
                _ => await ReadTextAsync(next.EndOfMessage, handle, cancellation),
            };

            if (end is not null)
            {
                return end.Value;
            }
        }
    }

    /// <summary>Reads and forgets, until the client closes.</summary>
    public async Task DiscardAsync(CancellationToken cancellation)
    {
        var buffer = new byte[FirstBuffer];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellation)).MessageType is not WebSocketMessageType.Close)
        {
            // On to the next piece.
        }
    }

    private async Task<InboxEnd?> ReadBinaryAsync(bool ended, CancellationToken cancellation)
    {
        long total = 0;
        for (var size = FirstBuffer; ; size = EchoPiece.MaxLength)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            var read = await FillAsync(buffer, 0, ended, cancellation);
            total += read.Length;
            ended = read.Ended;
            if (read.Closed || total > maxMessageBytes)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                return read.Closed ? InboxEnd.ClientClosed : InboxEnd.MessageTooBig;
            }

            await outbox.EchoAsync(new EchoPiece(buffer, read.Length, WebSocketMessageType.Binary, ended), cancellation);
            if (ended)
            {
                return null;
            }
        }
    }

    private async Task<InboxEnd?> ReadTextAsync(
        bool ended, Func<ClientMessage, Task> handle, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var read = await FillAsync(buffer, 0, ended, cancellation);
        while (read is { Ended: false, Closed: false } && read.Length <= maxMessageBytes)
        {
            buffer = Enlarge(buffer);
            read = await FillAsync(buffer, read.Length, false, cancellation);
        }

        if (read.Closed || read.Length > maxMessageBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return read.Closed ? InboxEnd.ClientClosed : InboxEnd.MessageTooBig;
        }

        await HandleAsync(buffer, read.Length, handle, cancellation);
        return null;
    }

    private async Task HandleAsync(
        byte[] buffer, int length, Func<ClientMessage, Task> handle, CancellationToken cancellation)
    {
        var message = ClientMessage.Parse(buffer.AsMemory(0, length));
        if (message.Kind is ClientMessageKind.Echo)
        {
            var echo = new EchoPiece(buffer, length, WebSocketMessageType.Text, EndsMessage: true);
            await outbox.EchoAsync(echo, cancellation);
            return;
        }

        await handle(message);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads until the buffer is full, or the message ends.</summary>
    private async ValueTask<Filled> FillAsync(byte[] buffer, int length, bool ended, CancellationToken cancellation)
    {
        while (!ended && length < buffer.Length)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (result.MessageType is WebSocketMessageType.Close)
            {
                return new Filled(length, Ended: false, Closed: true);
            }

            length += result.Count;
            ended = result.EndOfMessage;
        }

        return new Filled(length, ended, Closed: false);
    }

    private static byte[] Enlarge(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private readonly record struct Filled(int Length, bool Ended, bool Closed);
}

/// <summary>Why nothing more is read from a client.</summary>
internal enum InboxEnd
{
    ClientClosed,
    MessageTooBig,
}
