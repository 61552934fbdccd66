using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>A finished chapter as lines, plain or coloured.</summary>
internal static class DemoLines
{
    public static IEnumerable<IRenderable> Of(Chapter chapter) =>
    [
        new Markup($"[bold]{VisibleMarkup.Of(chapter.Title)}[/]"),
        .. chapter.Claims.Select(claim => new Markup(
            $"  {(claim.Held ? "[green]✓[/]" : "[red]✗[/]")} {VisibleMarkup.Of(Sentence(claim))}")),
    ];

    public static IEnumerable<string> PlainOf(Chapter chapter) =>
    [
        chapter.Title,
        .. chapter.Claims.Select(claim => $"  {(claim.Held ? '✓' : '✗')} {Sentence(claim)}"),
    ];

    private static string Sentence(Claim claim) => $"{claim.Promise}: {claim.Evidence}";
}
