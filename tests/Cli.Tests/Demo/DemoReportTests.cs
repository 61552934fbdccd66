using Spectre.Console.Testing;
using WsBalancer.Cli.Demo;
using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Display;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class DemoReportTests
{
    private static readonly Chapter Good = new("Users come back", [new Claim("all come back", true, "3 of 3 users")]);
    private static readonly Chapter Bad = new("Users [talk]", [new Claim("all [are] heard", false, "2 of 3 messages")]);

    [Fact]
    public void Report_OfClaimsThatHeld_IsASuccess()
    {
        var report = Report(Good);

        Assert.True(report.AllHeld);
        Assert.Equal(
            """

            Users come back
              ✓ all come back: 3 of 3 users
            All 1 claims held (3 users, 2 nodes and two more, 1.5 s).

            """,
            Plain(report));
    }

    [Fact]
    public void Report_OfOneFailure_IsAFailure()
    {
        var report = Report(Good, Bad);

        Assert.False(report.AllHeld);
        Assert.Contains(
            "  ✗ all [are] heard: 2 of 3 messages\n1 of 2 claims failed", Plain(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfNothing_IsAFailure() => Assert.False(Report().AllHeld);

    [Fact]
    public void Report_OnATerminal_HasTheSameText()
    {
        using var terminal = new TestConsole { Profile = { Width = 120 } };
        var plain = new StringWriter();

        Report(Good, Bad).Write(new CommandOutput(plain, terminal));

        Assert.Empty(plain.ToString());
        Assert.Contains("✗ all [are] heard: 2 of 3 messages", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void LiveScreen_DrawsTheNodesTheClaimsAndTheStep()
    {
        using var terminal = new TestConsole { Profile = { Width = 120 } };
        var screen = new LiveScreen(terminal, TimeProvider.System);
        screen.Watch(() => new DemoPicture([("ws-1", 10), ("ws-2", 5), ("ws-3", 0)]));
        screen.EndChapter(Bad);
        screen.BeginChapter("A new node");
        screen.Step("starting [one]");

        terminal.Write(screen.Draw());

        var (ten, none) = (new string('█', 40), new string('·', 40));
        var five = $"{ten[..20]}{none[..20]}";
        Assert.Contains($"ws-1  {ten}  10", terminal.Output, StringComparison.Ordinal);
        Assert.Contains($"ws-2  {five}   5", terminal.Output, StringComparison.Ordinal);
        Assert.Contains($"ws-3  {none}   0", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("✗ all [are] heard", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("A new node", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("… starting [one]", terminal.Output, StringComparison.Ordinal);
    }

    private static DemoReport Report(params Chapter[] chapters) =>
        new(new DemoSettings(Nodes: 2, Users: 3), chapters, TimeSpan.FromSeconds(1.5));

    private static string Plain(DemoReport report)
    {
        var writer = new StringWriter();
        report.Write(new CommandOutput(writer, terminal: null));
        return writer.ToString();
    }
}
