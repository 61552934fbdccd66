using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Kills a node without a warning, and starts it again.</summary>
internal sealed class CrashChapter : IChapterRunner
{
    private static readonly TimeSpan LossDeadline = TimeSpan.FromSeconds(10);

    public string Title => "A crash moves that node's users only, and its return brings them home";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        var before = context.Crowd.Placement();
        var crashed = context.Fleet.MostPopular(before);
        var victims = context.Crowd.Users.Where(user => before.GetValueOrDefault(user.Name) == crashed.Id).ToList();
        var others = context.Crowd.Users.Except(victims).ToList();

        return
        [
            .. await CrashAsync(context, crashed, victims, others, before, cancellation),
            .. await ReturnAsync(context, crashed, victims, others, before, cancellation),
        ];
    }

    private static async Task<IReadOnlyList<Claim>> CrashAsync(
        ChapterContext context,
        DemoNode crashed,
        List<DemoUser> victims,
        List<DemoUser> others,
        IReadOnlyDictionary<string, string> before,
        CancellationToken cancellation)
    {
        context.Screen.Step($"killing {crashed.Id} (SIGKILL)");
        await crashed.Process.CrashAsync();
        await context.Fact.BecomesTrueAsync(
            LossDeadline, _ => Task.FromResult(victims.TrueForAll(user => user.Node is null)), cancellation);
        var lost = victims.Count(user => user.Node is null);

        context.Screen.Step($"its {victims.Count} users reconnect");
        await DemoUsers.ConnectAsync(victims, cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the crash", cancellation);

        return CrashClaims.Judge(crashed.Id, lost, answered, before, context.Crowd.Placement());
    }

    private static async Task<IReadOnlyList<Claim>> ReturnAsync(
        ChapterContext context,
        DemoNode crashed,
        List<DemoUser> victims,
        List<DemoUser> others,
        IReadOnlyDictionary<string, string> before,
        CancellationToken cancellation)
    {
        await context.AwaitHealthAsync(crashed, "unhealthy", cancellation);

        context.Screen.Step($"starting {crashed.Id} again, same name, same port");
        await context.Fleet.ReturnAsync(crashed, cancellation);
        await context.AwaitHealthAsync(crashed, "healthy", cancellation);

        context.Screen.Step("its users reconnect");
        await DemoUsers.ConnectAsync(victims, cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the return", cancellation);
        var misplaced = await context.CountMisplacedAsync(cancellation);

        return HomecomingClaims.Judge(crashed.Id, answered, misplaced, before, context.Crowd.Placement());
    }
}
