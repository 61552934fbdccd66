namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// What a server may listen on, and where its application runs. The platform's sockets are among them: what is promised
/// of the others is what they do.
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

/// <summary>Those that are event loops.</summary>
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
