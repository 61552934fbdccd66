using WsBalancer.EndToEnd.Tests.Transparency.Talking;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One thing that a client, a node and a proxy between them do.</summary>
/// <param name="Name">What is looked at, and what is right.</param>
/// <param name="Reason">Why that is right.</param>
/// <param name="Peers">Which other proxies do the same.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record Case(string Name, string Reason, Peers Peers, params IReadOnlyList<Step> Steps)
{
    /// <summary>The Host of a request that may go to any node.</summary>
    public const string Host = "plain.example";

    /// <summary>Stands for the client's address.</summary>
    public const string Client = "{client}";

    /// <summary>The Host of a request that goes to a node over TLS.</summary>
    public const string SecureHost = "secure.example";

    /// <summary>Whether it can take place with a node behind TLS: the request's Host chooses the node.</summary>
    public bool FitsSecureNode => Steps.OfType<Step.ClientSends>().First().Bytes is var first
        && first.Contains($"\r\nHost: {Host}\r\n", StringComparison.Ordinal)
        && !first.Contains("uarded", StringComparison.Ordinal);
}

/// <summary>Other proxies, as their operators configure them for WebSockets.</summary>
[Flags]
internal enum Peers
{
    None = 0,
    Nginx = 1,
    Haproxy = 2,
    Both = Nginx | Haproxy,
}
