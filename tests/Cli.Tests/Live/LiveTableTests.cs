using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;
using WsBalancer.Cli.Commands.Live;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Tests.Live;

public sealed class LiveTableTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Channel<IWatchedTable> _tables = Channel.CreateUnbounded<IWatchedTable>();

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Table_ShowsWhenTheBalancerAnsweredLast(int width)
    {
        using var terminal = new TestConsole { Profile = { Width = width } }.Interactive();
        var live = new LiveTable(terminal, "http://127.0.0.1:9900/", _time);
        _tables.Writer.TryWrite(Table());
        _tables.Writer.Complete();

        await live.RunAsync(_tables.Reader.ReadAllAsync(TestContext.Current.CancellationToken));

        Assert.Contains("http://127.0.0.1:9900/  at 03:04:05Z", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("ws-1", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("MISPLACED", terminal.Output, StringComparison.Ordinal);
        Assert.Equal(width == 200, terminal.Output.Contains("SOURCE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Table_OfABalancerThatDoesNotAnswer_IsGrey_AndItsReturnIsAnnounced()
    {
        using var terminal = new TestConsole { Profile = { Width = 120 } }
            .Interactive().Colors(Spectre.Console.ColorSystem.Standard).EmitAnsiSequences();
        var live = new LiveTable(terminal, "http://127.0.0.1:9900/", _time);

        await live.RunAsync(Tables(live));

        var (stale, again) = (terminal.Output.IndexOf("no answer since 03:04:05Z", StringComparison.Ordinal),
            terminal.Output.LastIndexOf("at 03:05:05Z", StringComparison.Ordinal));
        Assert.InRange(stale, 0, again);
        Assert.Contains("\u001b[90mws-1", terminal.Output[stale..again], StringComparison.Ordinal);
        Assert.Contains("The balancer answers again. (03:05:05Z)", terminal.Output[again..], StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[90mws-1", terminal.Output[again..], StringComparison.Ordinal);
    }

    private async IAsyncEnumerable<IWatchedTable> Tables(LiveTable live)
    {
        yield return Table();
        await live.NoteAsync(true, "The balancer does not answer; retrying for 30 s.");
        _time.Advance(TimeSpan.FromMinutes(1));
        await live.NoteAsync(false, "The balancer answers again.");
        yield return Table();
    }

    private static NodesTable Table() => new(
        [new NodeView(
            "chat", "ws-1", "http://10.0.0.1:5001/", 1, "configured", [], "active", "healthy", 120, 0, 0.25, null)]);
}
