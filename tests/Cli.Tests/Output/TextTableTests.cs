using Spectre.Console;
using Spectre.Console.Testing;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Tests.Output;

public sealed class TextTableTests
{
    private const string LongId = "a-node-with-a-name-that-is-longer-than-any-terminal-of-the-seventies-was-wide";

    [Fact]
    public void ATable_OnAWideTerminal_IsDrawn()
    {
        using var terminal = new TestConsole { Profile = { Width = 120 } };
        var plain = new StringWriter();

        Table().Write(new CommandOutput(plain, terminal));

        Assert.Contains($"│ {LongId} │     7 │", terminal.Output, StringComparison.Ordinal);
        Assert.Empty(plain.ToString());
    }

    [Fact]
    public void ATable_OnATerminalThatIsTooNarrow_LosesColumnsAndThenEndsOfCells()
    {
        using var terminal = new TestConsole { Profile = { Width = 40 } };
        var table = new TextTable(
            new Column("NODE", IsCut: true),
            new Column("COUNT", IsNumber: true),
            new Column("FIRST", Drop: 1),
            new Column("SECOND", Drop: 2));
        table.AddRow(LongId, "7", "1234567890", "another");

        table.Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Equal(
            ["NODE                               COUNT", $"{LongId[..32]}…      7"],
            terminal.Lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void ATable_ThatHasRoomWithoutOneColumn_LosesTheOneThatMattersLeast()
    {
        using var terminal = new TestConsole { Profile = { Width = 24 } };
        var table = new TextTable(new Column("NODE"), new Column("FIRST", Drop: 1), new Column("SECOND", Drop: 2));
        table.AddRow("ws-1", "1234567890", "another");

        table.Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Equal(["NODE  FIRST", "ws-1  1234567890"], terminal.Lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void ATable_ThatStillDoesNotFit_HasLinesThatEndEarly()
    {
        using var terminal = new TestConsole { Profile = { Width = 20 } };

        Table().Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Equal(2, terminal.Lines.Count);
        Assert.Equal($"{LongId[..19]}…", terminal.Lines[1].TrimEnd());
    }

    [Fact]
    public void ACell_IsNotCutWithinASurrogatePair()
    {
        using var terminal = new TestConsole { Profile = { Width = 9 } };
        var table = new TextTable(new Column("USER", IsCut: true));
        table.AddRow("1234567😀90");

        table.Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Equal("1234567…", terminal.Lines[1].TrimEnd());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void ATable_IsDrawnExactlyWhenItFits(int difference, bool drawn)
    {
        // The width of two columns, each with a space on both sides, and three borders.
        using var terminal = new TestConsole { Profile = { Width = LongId.Length + 5 + 7 + difference } };

        Table().Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Equal(drawn, terminal.Output.Contains('│', StringComparison.Ordinal));
        Assert.Contains(LongId, terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ACell_HasTheColourOfItsColumn()
    {
        using var terminal = new TestConsole().Colors(ColorSystem.Standard).EmitAnsiSequences();
        var table = new TextTable(new Column("HEALTH", Colour: cell => cell == "unhealthy" ? Color.Red : null));
        table.AddRow("unhealthy");

        table.Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Contains("\u001b[91munhealthy", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ACell_IsNeverTakenForMarkup()
    {
        using var terminal = new TestConsole();
        var table = new TextTable(new Column("NODE"));
        table.AddRow("[red]x[/]");

        table.Write(new CommandOutput(new StringWriter(), terminal));

        Assert.Contains("[red]x[/]", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ALine_EndsWithoutSpaces()
    {
        var plain = new StringWriter();
        var table = new TextTable(new Column("NODE"), new Column("STATE"));
        table.AddRow("ws-1", "leaving");
        table.AddRow("ws-2", "");

        table.Write(new CommandOutput(plain, terminal: null));

        Assert.Equal("NODE  STATE\nws-1  leaving\nws-2\n", plain.ToString());
    }

    private static TextTable Table()
    {
        var table = new TextTable(new Column("NODE"), new Column("COUNT", IsNumber: true));
        table.AddRow(LongId, "7");
        return table;
    }
}
