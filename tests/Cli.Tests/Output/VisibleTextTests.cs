using Spectre.Console.Testing;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Tests.Output;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("Zoë 日本 → 👍 é", "Zoë 日本 → 👍 é")]
    [InlineData("\u0000\u0007\u001b[2J\u001f", @"\x00\x07\x1b[2J\x1f")]
    [InlineData("\u007f\u0080\u009b2J\u009f", @"\x7f\u0080\u009b2J\u009f")]
    [InlineData("a\r\n\tb", @"a\r\n\tb")]
    [InlineData("\u202a\u202b\u202c\u202d\u202e", @"\u202a\u202b\u202c\u202d\u202e")]
    [InlineData("\u2066\u2067\u2068\u2069\u200e\u200f\u061c", @"\u2066\u2067\u2068\u2069\u200e\u200f\u061c")]
    [InlineData("\u200b\u200c\u200d\u2060\ufeff", @"\u200b\u200c\u200d\u2060\ufeff")]
    [InlineData("\u2028\u2029\u00a0\u3000", @"\u2028\u2029\u00a0\u3000")]
    [InlineData("\U000e0001x", @"\U000e0001x")]
    [InlineData(@"\x1b", @"\\x1b")]
    [InlineData("[red]x[/]", "[red]x[/]")]
    public void InvisibleCharacters_AreEscaped(string text, string visible)
    {
        Assert.Equal(visible, VisibleText.Of(text));
        Assert.Equal(visible.Replace("[", "[[").Replace("]", "]]"), VisibleMarkup.Of(text));
    }

    [Fact]
    public void SurrogateWithoutItsOtherHalf_IsEscaped()
    {
        Assert.Equal(@"a\ud83db", VisibleText.Of("a" + (char)0xd83d + "b"));
        Assert.Equal(@"\udc4d", VisibleText.Of(((char)0xdc4d).ToString()));
    }

    [Fact]
    public void TextThatIsVisible_IsTheSameString() =>
        Assert.Same("an id without anything", VisibleText.Of("an id without anything"));

    [Fact]
    public async Task Writer_EscapesWhateverIsWritten_AndEndsLinesItself()
    {
        using var exact = new StringWriter();
        await using var writer = new VisibleWriter(exact);
        const string Text = "\u001b\n";

        writer.WriteLine(Text);
        writer.Write(Text);
        writer.Write(Text[0]);
        writer.Write(Text.ToCharArray(), 0, 1);
        writer.Write(Text.AsSpan());
        writer.WriteLine();
        await writer.WriteLineAsync(Text);
        await writer.WriteLineAsync(Text.AsMemory(), TestContext.Current.CancellationToken);
        writer.WriteLine($"{Text}");
        await writer.WriteLinesAsync($"two{Environment.NewLine}lines\u001b\n");

        Assert.Equal(
            "\\x1b\\n\n\\x1b\\n\\x1b\\x1b\\x1b\\n\n\\x1b\\n\n\\x1b\\n\n\\x1b\\n\ntwo\nlines\\x1b\n", exact.ToString());
    }

    [Fact]
    public void Table_OnATerminalAndElsewhere_HasNoControlCharacter()
    {
        using var terminal = new TestConsole { Profile = { Width = 200 } };
        using var plain = new StringWriter();
        var table = new TextTable(new Column("USER"), new Column("NODE"));
        table.AddRow("\u001b]0;x\u0007[red]\n", "ws-1");

        table.Write(new CommandOutput(new StringWriter(), terminal));
        table.Write(new CommandOutput(plain, terminal: null));

        Assert.Contains(@"│ \x1b]0;x\x07[red]\n │ ws-1 │", terminal.Output, StringComparison.Ordinal);
        Assert.Equal("USER" + new string(' ', 17) + "NODE\n\\x1b]0;x\\x07[red]\\n  ws-1\n", plain.ToString());
    }

    [Fact]
    public async Task Bar_HasNoControlCharacter()
    {
        using var terminal = new TestConsole { Profile = { Width = 100 } }.Interactive();

        await ProgressView.For(new CommandOutput(new StringWriter(), terminal), json: false).RunAsync(show =>
        {
            show(new ProgressPoint(1, "\u001b[2J [red]\u202e"));
            return Task.FromResult(0);
        });

        Assert.Contains(@"\x1b[2J [red]\u202e", terminal.Output, StringComparison.Ordinal);
    }
}
