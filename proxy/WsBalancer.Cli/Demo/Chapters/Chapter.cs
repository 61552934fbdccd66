using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>A part of the story that has been told, with what it showed.</summary>
internal sealed record Chapter(string Title, IReadOnlyList<Claim> Claims);
