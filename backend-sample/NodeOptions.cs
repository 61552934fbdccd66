using System.Net;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample;

/// <summary>The settings of one node. The command line is their only source.</summary>
internal sealed record NodeOptions
{
    public required string Name { get; init; }

    /// <summary>The addresses to listen on, in the format of ASP.NET Core, separated by ';'.</summary>
    public required string Urls { get; init; }

    /// <summary>
    /// The Redis that connects the nodes, or the address at which the embedded one listens; null for none.
    /// </summary>
    public EndPoint? Redis { get; init; }

    /// <summary>The NATS server that connects the nodes; null for none.</summary>
    public EndPoint? Nats { get; init; }

    /// <summary>How messages reach other nodes; null for NATS or Redis if there is one.</summary>
    public BusKind? Bus { get; init; }

    /// <summary>The registration with balancers through that Redis; null for none.</summary>
    public RegistrationOptions? Registration { get; init; }

    /// <summary>How many messages of a channel are stored, and for how long.</summary>
    public HistoryOptions History { get; init; } = new();

    /// <summary>The longest message a client may send.</summary>
    // One MiB above 16 MiB, a usual limit, so that a message of that size fits with its JSON.
    public int MaxMessageBytes { get; init; } = 17 * 1024 * 1024;

    /// <summary>
    /// The bytes that the messages of all clients may hold together, from their first byte until they are handled and
    /// their echoes are sent; the allowance of each client is not counted.
    /// </summary>
    public long MaxBufferedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>
    /// The bytes that may wait for a client that reads slowly. Beyond them cheaper messages are dropped; if there are
    /// none, the connection is closed with 4008.
    /// </summary>
    // Centrifugo's limit.
    public int MaxQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// How long the first message of a batch waits for others; zero to send at once what is ready.
    /// </summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>
    /// The bytes that complete a batch, less than <see cref="MaxQueueBytes"/>. An echo counts with its buffer.
    /// </summary>
    public int BatchBytes { get; init; } = 16 * 1024;

    /// <summary>
    /// How long changes of the users in a room are collected until its members are notified; zero to not notify them.
    /// </summary>
    public TimeSpan PresenceDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Who may connect, and how much a client may send.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>The longest time without received data before a ping; infinite for no pings.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum wait for a pong before the connection counts as lost.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may send nothing, before it is closed with 4009; zero for no limit.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>The connections that are closed in a second when the node stops.</summary>
    public int DrainRate { get; init; } = 1000;

    /// <summary>The time in which all connections are closed when the node stops, even beyond the rate.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The maximum wait for a client's reply to a Close frame.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The registration of a node with the balancers, through its Redis.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>The cluster of the balancers that the node joins.</summary>
    public required string Cluster { get; init; }

    /// <summary>The URL at which balancers connect to the node; null for the address on which it listens.</summary>
    public string? Address { get; init; }

    /// <summary>The node's share of the users, relative to the weights of the other nodes.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The prefix of the balancers' keys in Redis.</summary>
    public string Prefix { get; init; } = "wsbalancer";
}

/// <summary>The ways in which messages reach other nodes.</summary>
internal enum BusKind
{
    /// <summary>Not at all.</summary>
    Local,

    /// <summary>Through pub/sub of a Redis.</summary>
    Redis,

    /// <summary>Through streams of a Redis.</summary>
    RedisStreams,

    /// <summary>Through a NATS server.</summary>
    Nats,

    /// <summary>Through a Redis-compatible server in this process.</summary>
    Embedded,
}
