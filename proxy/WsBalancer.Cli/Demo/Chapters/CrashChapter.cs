using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Kills a node without a warning, and starts it again.</summary>
internal sealed class CrashChapter : IChapterRunner
{
    private static readonly TimeSpan LossDeadline = TimeSpan.FromSeconds(10);

    public string Title => "A crash moves that node's users only, and its return brings them home";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext stage, CancellationToken cancellation)
    {
        var before = stage.Crowd.Placement();
        var crashed = stage.Fleet.Nodes.MaxBy(node => before.Values.Count(other => other == node.Id))!;
        var victims = stage.Crowd.Users.Where(user => before.GetValueOrDefault(user.Name) == crashed.Id).ToList();
        var others = stage.Crowd.Users.Except(victims).ToList();

        return
        [
            .. await CrashAsync(stage, crashed, victims, others, before, cancellation),
            .. await ReturnAsync(stage, crashed, victims, others, before, cancellation),
        ];
    }

    private static async Task<IReadOnlyList<Claim>> CrashAsync(
        ChapterContext stage,
        DemoNode crashed,
        List<DemoUser> victims,
        List<DemoUser> others,
        IReadOnlyDictionary<string, string> before,
        CancellationToken cancellation)
    {
        stage.Screen.Step($"killing {crashed.Id} (SIGKILL)");
        await crashed.Process!.CrashAsync();
        await stage.Fact.BecomesTrueAsync(
            LossDeadline, _ => Task.FromResult(victims.TrueForAll(user => user.Node is null)), cancellation);
        var lost = victims.Count(user => user.Node is null);

        stage.Screen.Step($"its {victims.Count} users reconnect");
        await DemoUsers.ConnectAsync(victims, cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the crash", cancellation);

        return CrashClaims.Judge(crashed.Id, lost, answered, before, stage.Crowd.Placement());
    }

    private static async Task<IReadOnlyList<Claim>> ReturnAsync(
        ChapterContext stage,
        DemoNode crashed,
        List<DemoUser> victims,
        List<DemoUser> others,
        IReadOnlyDictionary<string, string> before,
        CancellationToken cancellation)
    {
        await stage.AwaitHealthAsync(crashed, "unhealthy", cancellation);

        stage.Screen.Step($"starting {crashed.Id} again, same name, same port");
        await stage.Fleet.ReturnAsync(crashed, cancellation);
        await stage.AwaitHealthAsync(crashed, "healthy", cancellation);

        stage.Screen.Step("its users reconnect");
        await DemoUsers.ConnectAsync(victims, cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the return", cancellation);
        var misplaced = await stage.CountMisplacedAsync(cancellation);

        return HomecomingClaims.Judge(crashed.Id, answered, misplaced, before, stage.Crowd.Placement());
    }
}
