namespace WsBalancer.Sockets;

/// <summary>An engine of the event loops cannot be used on this system.</summary>
/// <param name="engine">The name of the engine, as <c>io_uring</c>.</param>
/// <param name="obstacle">A sentence with the reason.</param>
internal sealed class SocketsException(string engine, string obstacle)
    : Exception($"The engine {engine} cannot be used: {obstacle}")
{
    /// <summary>The name of the engine.</summary>
    public string Engine => engine;

    /// <summary>The reason, as a sentence.</summary>
    public string Obstacle => obstacle;
}
