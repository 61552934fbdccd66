using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>A finished part of the demo, with its claims.</summary>
internal sealed record Chapter(string Title, IReadOnlyList<Claim> Claims);

/// <summary>Runs one chapter of the demo, and returns what its clients observed, as claims.</summary>
internal interface IChapterRunner
{
    public string Title { get; }

    public Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation);
}
