using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Makes one part of the story happen, and returns what the clients saw of it as claims.</summary>
internal interface IChapterTeller
{
    public string Title { get; }

    public Task<IReadOnlyList<Claim>> TellAsync(Stage stage, CancellationToken cancellation);
}
