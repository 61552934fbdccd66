namespace WsBalancer.Cli.Admin;

/// <summary>A response of the balancer: the document as it was received, and its content.</summary>
internal sealed record Answer<T>(string Document, T Value);
