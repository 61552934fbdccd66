using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One exchange between a client and a node through a proxy, and the behaviour that is right.</summary>
/// <param name="Name">The subject of the exchange, and the behaviour that is right.</param>
/// <param name="Reason">The rule that makes it right.</param>
/// <param name="Peers">The other proxies with the same behaviour.</param>
/// <param name="Steps">The steps of the exchange, in order.</param>
internal sealed record Case(string Name, string Reason, Peers Peers, params IReadOnlyList<Step> Steps)
{
    /// <summary>The Host of a request that any node may receive.</summary>
    public const string Host = "plain.example";

    /// <summary>The placeholder of the client's address.</summary>
    public const string Client = "{client}";

    /// <summary>The Host of a request that is sent to a node over TLS.</summary>
    public const string SecureHost = "secure.example";

    /// <summary>Whether the case can run with a node over TLS: the request's Host selects the node.</summary>
    public bool FitsSecureNode => Steps.OfType<Step.ClientSends>().First().Bytes is var first
        && first.Contains($"\r\nHost: {Host}\r\n", StringComparison.Ordinal)
        && !first.Contains("uarded", StringComparison.Ordinal);
}

/// <summary>Other proxies, in the usual configuration for WebSockets.</summary>
[Flags]
internal enum Peers
{
    None = 0,
    Nginx = 1,
    Haproxy = 2,
    Both = Nginx | Haproxy,
}
