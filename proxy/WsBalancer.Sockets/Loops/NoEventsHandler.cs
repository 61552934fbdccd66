using System.Diagnostics.CodeAnalysis;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The handler of a socket whose owner becomes the handler before the loop's thread returns to the loop: until then no
/// event can occur. Code that awaits the socket before it has an owner must continue inline on that thread.
/// </summary>
internal sealed class NoEventsHandler : ISocketHandler
{
    public static readonly NoEventsHandler Instance = new();

    public void OnReceived(ReadOnlySpan<byte> bytes) => Throw();

    public void OnWritable() => Throw();

    public void OnEof() => Throw();

    public void OnError(int error) => Throw();

    [DoesNotReturn]
    private static void Throw() => throw new InvalidOperationException(
        "An event of a socket occurred before its owner was the handler.");
}
