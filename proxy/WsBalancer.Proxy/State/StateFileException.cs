namespace WsBalancer.Proxy.State;

/// <summary>The state file cannot be read or written; the message is a whole sentence that names it.</summary>
internal sealed class StateFileException : IOException
{
    public StateFileException(string message)
        : base(message)
    {
    }

    public StateFileException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
