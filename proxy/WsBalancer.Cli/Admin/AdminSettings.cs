namespace WsBalancer.Cli.Admin;

/// <summary>Which balancer an operator's command speaks to, and how it answers.</summary>
/// <remarks><c>Address</c> ends with a slash. <c>Cluster</c> is null to take the only one there is.</remarks>
internal sealed record AdminSettings(Uri Address, string? Token, string? Cluster, bool Json);
