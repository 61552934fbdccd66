namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// The transports of a server, and the thread of its application. The platform's sockets are included, as the reference
/// for the other transports.
/// </summary>
public sealed class Transports : TheoryData<string>
{
    public const string Inline = "-inline";

    public Transports()
    {
        Add("sockets");
        AddRange([.. OwnTransports.Engines], [.. OwnTransports.Engines.Select(engine => engine + Inline)]);
    }

    private void AddRange(params string[][] groups)
    {
        foreach (var transport in groups.SelectMany(group => group))
        {
            Add(transport);
        }
    }
}

/// <summary>The transports on event loops.</summary>
public sealed class OwnTransports : TheoryData<string>
{
    public static readonly string[] Engines = ["epoll", "io_uring"];

    public OwnTransports()
    {
        foreach (var engine in Engines)
        {
            Add(engine);
            Add(engine + Transports.Inline);
        }
    }
}
