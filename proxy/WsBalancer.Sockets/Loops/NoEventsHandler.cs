namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The handler of a socket whose owner is created within the same call on the loop's thread: no event can occur before
/// the owner is the handler.
/// </summary>
internal sealed class NoEventsHandler : ISocketHandler
{
    public static readonly NoEventsHandler Instance = new();

    public void OnReceived(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException();

    public void OnWritable() => throw new InvalidOperationException();

    public void OnEof() => throw new InvalidOperationException();

    public void OnError(int error) => throw new InvalidOperationException();
}
