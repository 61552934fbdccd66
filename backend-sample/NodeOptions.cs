using System.Net;

namespace WsBalancer.BackendSample;

/// <summary>How one node runs. The command line is the only place they come from.</summary>
internal sealed record NodeOptions
{
    public required string Name { get; init; }

    /// <summary>Where to listen, as ASP.NET Core takes it; several with ';' between them.</summary>
    public required string Urls { get; init; }

    /// <summary>The Redis that joins the nodes; null for a node that stands alone.</summary>
    public EndPoint? Redis { get; init; }

    /// <summary>How it registers with balancers, through that Redis; null if it does not.</summary>
    public RegistrationOptions? Registration { get; init; }

    /// <summary>The longest message a client may send.</summary>
    // One above 16 MiB, which is what others call "big", so that such a message passes with its JSON around it.
    public int MaxMessageBytes { get; init; } = 17 * 1024 * 1024;

    /// <summary>The bytes that the messages of all clients may hold together, from their first byte until they are
    /// handled and their echoes are sent; without the allowance of each client.</summary>
    public long MaxBufferedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>What may wait for a client that reads slowly, before the connection is closed with 4008.</summary>
    // What Centrifugo allows.
    public int MaxQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>The longest silence before a ping; infinite for none.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a pong may take before the connection counts as lost.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may take to answer a Close frame.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
