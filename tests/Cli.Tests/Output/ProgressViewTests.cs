using Spectre.Console.Testing;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Tests.Output;

public sealed class ProgressViewTests
{
    [Fact]
    public async Task OnATerminal_ItIsABar()
    {
        using var terminal = new TestConsole { Profile = { Width = 100 } }.Interactive();
        var plain = new StringWriter();

        var result = await ShowAsync(new CommandOutput(plain, terminal), json: false);

        Assert.Equal("the end", result);
        Assert.Contains("━ 100% nothing [remains]", terminal.Output, StringComparison.Ordinal);
        Assert.Empty(plain.ToString());
    }

    [Fact]
    public async Task Elsewhere_ItIsALineForEachChange()
    {
        var plain = new StringWriter();

        await ShowAsync(new CommandOutput(plain, terminal: null), json: false);

        Assert.Equal("half\nnothing [remains]\n", plain.ToString());
    }

    [Fact]
    public async Task ForAMachine_ItIsNothing()
    {
        using var terminal = new TestConsole();
        var plain = new StringWriter();

        await ShowAsync(new CommandOutput(plain, terminal), json: true);

        Assert.Empty(plain.ToString());
        Assert.Empty(terminal.Output);
    }

    private static Task<string> ShowAsync(CommandOutput output, bool json) =>
        ProgressView.For(output, json).RunAsync(show =>
        {
            show(new ProgressPoint(0.5, "half"));
            show(new ProgressPoint(0.5, "half"));
            show(new ProgressPoint(1, "nothing [remains]"));
            return Task.FromResult("the end");
        });
}
