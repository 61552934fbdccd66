namespace WsBalancer.Cli.Admin;

/// <summary>What the balancer answered: the document as it came, and what it says.</summary>
internal sealed record Answer<T>(string Document, T Value);
