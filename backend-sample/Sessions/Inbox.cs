using System.Net.WebSockets;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// Reads from one client: binary messages are echoed piece by piece, text messages are assembled and handled.
/// </summary>
internal sealed class Inbox(WebSocket socket, Outbox outbox, ClientMemory memory, int maxMessageBytes)
{
    /// <summary>Reads until the client closes or a message must be rejected.</summary>
    /// <param name="session">The session, for the handler.</param>
    /// <param name="handle">
    /// Handles a message. The payload is valid until the method returns, not until its task completes.
    /// </param>
    public async Task<InboxEnd> ReadAsync(Session session, Func<Session, ClientMessage, Task> handle)
    {
        while (true)
        {
            // A read without a buffer: an idle client holds no memory.
            var next = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            session.NoteActivity();
            var end = next.MessageType switch
            {
                WebSocketMessageType.Close => InboxEnd.ClientClosed,
                WebSocketMessageType.Binary when session.TryCount(id: null) =>
                    await ReadBinaryAsync(next.EndOfMessage, session),
                WebSocketMessageType.Binary => await SkipAsync(next.EndOfMessage, session),
                _ => await ReadTextAsync(next.EndOfMessage, session, handle),
            };

            if (end is not null)
            {
                return end.Value;
            }
        }
    }

    /// <summary>Reads and discards, until the client closes.</summary>
    public async Task DiscardAsync()
    {
        var buffer = new byte[PieceSize.Min];
        ValueWebSocketReceiveResult piece;
        do
        {
            piece = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        }
        while (piece.MessageType is not WebSocketMessageType.Close);
    }

    private async Task<InboxEnd?> ReadBinaryAsync(bool ended, Session session)
    {
        long total = 0;
        for (var size = PieceSize.Min; ; size = PieceSize.Max)
        {
            if (memory.TryRent(size) is not { } buffer)
            {
                return InboxEnd.NoMemory;
            }

            var read = await FillAsync(buffer, ended, session);
            total += read.Length;
            ended = read.Ended;
            if (read.Closed || total > maxMessageBytes)
            {
                memory.Return(buffer);
                return read.Closed ? InboxEnd.ClientClosed : InboxEnd.MessageTooBig;
            }

            await outbox.EchoAsync(Outgoing.Echo(buffer, read.Length, WebSocketMessageType.Binary, ended));
            if (ended)
            {
                return null;
            }
        }
    }

    /// <summary>Reads a message without handling it.</summary>
    private async Task<InboxEnd?> SkipAsync(bool ended, Session session)
    {
        if (memory.TryRent(PieceSize.Min) is not { } buffer)
        {
            return InboxEnd.NoMemory;
        }

        var read = new Filled(0, ended, Closed: false);
        while (!read.Ended && !read.Closed)
        {
            read = await FillAsync(buffer, read.Ended, session);
        }

        memory.Return(buffer);
        return read.Closed ? InboxEnd.ClientClosed : null;
    }

    /// <summary>Reads until the buffer is full or the message ends.</summary>
    private async ValueTask<Filled> FillAsync(byte[] buffer, bool ended, Session session)
    {
        var room = buffer.AsMemory(0, PieceSize.UsableOf(buffer));
        var length = 0;
        while (!ended && length < room.Length)
        {
            var read = await socket.ReceiveAsync(room[length..], CancellationToken.None);
            session.NoteActivity();
            if (read.MessageType is WebSocketMessageType.Close)
            {
                return new Filled(length, Ended: false, Closed: true);
            }

            length += read.Count;
            ended = read.EndOfMessage;
        }

        return new Filled(length, ended, Closed: false);
    }

    private async Task<InboxEnd?> ReadTextAsync(
        bool ended, Session session, Func<Session, ClientMessage, Task> handle)
    {
        var text = new IncomingText(memory);
        if (await ReceiveAsync(text, ended, session) is { } end)
        {
            text.Return();
            return end;
        }

        var message = ClientMessage.Parse(text.Bytes);
        if (!session.TryCount(message.Id))
        {
            text.Return();
            return null;
        }

        if (message.Kind is ClientMessageKind.Echo)
        {
            while (text.TakePiece() is { } piece)
            {
                var (buffer, length, endsMessage) = piece;
                await outbox.EchoAsync(Outgoing.Echo(buffer, length, WebSocketMessageType.Text, endsMessage));
            }

            return null;
        }

        // The handler has copied the payload into a message of the same length. So the buffers are returned now, but
        // their bytes stay counted until the handler completes.
        session.IsHandling = true;
        var handling = handle(session, message);
        var held = text.ReturnBuffers();
        await handling;
        session.NoteActivity();
        session.IsHandling = false;
        memory.Release(held);
        return null;
    }

    private async ValueTask<InboxEnd?> ReceiveAsync(IncomingText text, bool ended, Session session)
    {
        while (!ended)
        {
            var room = text.FindRoom();
            if (room.IsEmpty)
            {
                return InboxEnd.NoMemory;
            }

            var read = await socket.ReceiveAsync(room, CancellationToken.None);
            session.NoteActivity();
            if (read.MessageType is WebSocketMessageType.Close)
            {
                return InboxEnd.ClientClosed;
            }

            text.Advance(read.Count);
            ended = read.EndOfMessage;
            if (text.Length > maxMessageBytes)
            {
                return InboxEnd.MessageTooBig;
            }
        }

        return null;
    }

    private readonly record struct Filled(int Length, bool Ended, bool Closed);
}

/// <summary>The reason why no more is read from a client.</summary>
internal enum InboxEnd
{
    ClientClosed,
    MessageTooBig,

    /// <summary>The messages of all clients together hold too many bytes.</summary>
    NoMemory,
}
