namespace WsBalancer.Cli.Demo.Claims;

/// <summary>A message that a user on one node sent to a user on another, and whether it arrived.</summary>
internal sealed record Delivery(string FromNode, string ToNode, bool Arrived);
