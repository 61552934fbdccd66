using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>A finished part of the demo, with its claims.</summary>
internal sealed record Chapter(string Title, IReadOnlyList<Claim> Claims);
