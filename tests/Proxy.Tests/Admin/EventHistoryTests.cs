using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>Events after a restart, and events since a given time.</summary>
public sealed class EventHistoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-events-");

    private string EventFile => Path.Combine(_folder.FullName, "events.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Listener_ThatReconnectsAfterARestart_MissesNothing()
    {
        string known;
        await using (var before = await StartAsync())
        {
            Publish(before, "one");
            using var stream = await EventStream.OpenAsync(before, "0");
            known = (await stream.NextAsync())[0]["id: ".Length..];
            Publish(before, "two");
        }

        await using var after = await StartAsync();
        Publish(after, "three");

        using var again = await EventStream.OpenAsync(after, known, "?follow=false");
        Assert.Equal(["two", "three"], await again.MessagesAsync());
        using var all = await EventStream.OpenAsync(after, "0", "?follow=false");
        Assert.Equal("id: 1", (await all.NextAsync())[0].Split('-')[0]);
        Assert.Equal("id: 2", (await all.NextAsync())[0].Split('-')[0]);
        Assert.Equal("id: 3", (await all.NextAsync())[0].Split('-')[0]);
    }

    [Fact]
    public async Task Event_WithAFigureThatIsNoNumber_KeepsNoOtherFromTheFile()
    {
        await using (var journal = new EventJournal(EventFile, 64_000, NullLogger<EventJournal>.Instance))
        {
            var events = new BalancerEvents(TimeProvider.System, journal);
            events.Publish(EventKind.Ring, "chat", null, "one", ("moved", double.NaN));
            events.Publish(EventKind.Ring, "chat", null, "two", ("moved", 0.5));
        }

        await using var again = new EventJournal(EventFile, 64_000, NullLogger<EventJournal>.Instance);
        var kept = again.Read();
        Assert.Equal(["one", "two"], kept.Select(happened => happened.Message));
        Assert.Equal([0, 1], kept.Select(happened => happened.Figures.Count));
    }

    // Without a file, numbers restart at 1: the number of an earlier process may be that of an event not yet received.
    [Fact]
    public async Task Listener_ThatKnewAnEventOfAnotherProcess_SkipsNoneOfThisOne()
    {
        string known;
        await using (var before = await StartAsync("off"))
        {
            Publish(before, "one");
            Publish(before, "two");
            using var stream = await EventStream.OpenAsync(before, "0");
            await stream.NextAsync();
            known = (await stream.NextAsync())[0]["id: ".Length..];
        }

        await using var after = await StartAsync("off");
        Publish(after, "new one");
        Publish(after, "new two");
        Publish(after, "new three");

        using var again = await EventStream.OpenAsync(after, known, "?follow=false");
        Assert.Equal(["new one", "new two", "new three"], await again.MessagesAsync());
    }

    [Fact]
    public async Task Since_ShowsThePast_ThenFollows()
    {
        await using var app = await StartAsync();
        Publish(app, "old");
        app.Time.Advance(TimeSpan.FromHours(2));
        Publish(app, "recent");

        using var stream = await EventStream.OpenAsync(app, null, "?since=1h");
        Assert.Equal("recent", EventStream.DataOf(await stream.NextAsync()).GetProperty("message").GetString());
        Publish(app, "new");
        Assert.Equal("new", EventStream.DataOf(await stream.NextAsync()).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("?follow=false", 2)]
    [InlineData("?follow=false&since=3h", 2)]
    [InlineData("?follow=false&since=2000-01-01T01:00:00Z", 1)]
    [InlineData("?follow=false&since=2000-01-01%2001:00:00Z", 1)]
    [InlineData("?follow=false&since=2000-01-01T02:00:00.5%2B01:00", 1)]
    [InlineData("?follow=false&since=2001-01-01T00:00:00Z", 0)]
    public async Task Past_WithoutAFollow_Ends(string query, int events)
    {
        await using var app = await StartAsync("off");
        Publish(app, "old");
        app.Time.Advance(TimeSpan.FromHours(2));
        Publish(app, "recent");

        using var stream = await EventStream.OpenAsync(app, null, query);

        string[] all = ["old", "recent"];
        Assert.Equal(all[^events..], await stream.MessagesAsync());
    }

    [Theory]
    [InlineData("since=yesterday", "'since' is 'yesterday': expected a duration before now such as 2h, or a time such "
        + "as 2026-01-02T03:04:05Z.")]
    [InlineData("since=2026-01-02T03:04:05", "'since' is '2026-01-02T03:04:05': expected a duration before now such as "
        + "2h, or a time such as 2026-01-02T03:04:05Z.")]
    [InlineData("follow=no", "'follow' is 'no': expected true or false.")]
    public async Task Query_ThatMeansNothing_IsAProblem(string query, string detail)
    {
        await using var app = await StartAsync("off");

        (await app.GetAsync($"events?{query}")).IsProblem(400, detail);
    }

    [Fact]
    public async Task Past_BeyondWhatIsInMemory_IsReadFromTheFile()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 1_200; i++)
        {
            Publish(app, $"{i}");
        }

        await Deadline.Until(
            "all are written", () => File.Exists(EventFile) && File.ReadLines(EventFile).Count() == 1_200);

        Assert.Equal(
            Enumerable.Range(0, 1_200).Select(i => $"{i}"),
            app.Get<BalancerEvents>().After(default).Select(happened => happened.Message));
    }

    [Fact]
    public async Task Files_HaveNoMoreThanTheMost_AndTheNewest()
    {
        await using (var app = await StartAsync(null, ("MaxSize", "64KB")))
        {
            for (var i = 0; i < 2_000; i++)
            {
                Publish(app, $"{i}");
            }
        }

        var sizes = _folder.GetFiles().Select(file => file.Length).ToArray();
        Assert.All(sizes, size => Assert.InRange(size, 1, 32 * 1024));
        await using var again = await StartAsync(null, ("MaxSize", "64KB"));
        Assert.Equal("1999", again.Get<BalancerEvents>().After(default)[^1].Message);
        Assert.Equal(2_000, again.Get<BalancerEvents>().After(default)[^1].Id);
    }

    [Fact]
    public async Task LineThatIsDamaged_IsLeftOutAlone()
    {
        await using (var app = await StartAsync())
        {
            Publish(app, "one");
        }

        await File.AppendAllTextAsync(EventFile, "{\"id\":2,\"ru", TestContext.Current.CancellationToken);
        await using (var app = await StartAsync())
        {
            Publish(app, "two");
        }

        await using var again = await StartAsync();
        Assert.Equal(["one", "two"], again.Get<BalancerEvents>().After(default).Select(happened => happened.Message));
    }

    [Fact]
    public async Task FileThatCannotBeWritten_IsLoggedOnce_AndLosesNothing()
    {
        Directory.CreateDirectory(EventFile);
        await using var app = BalancerApp.Build(Settings(Path.Combine(EventFile, "events")));
        await app.StartAsync();
        Directory.Delete(EventFile);

        Publish(app, "one");
        await Deadline.Until("it is logged", () => Logged(app).Length > 0);
        Publish(app, "two");
        Directory.CreateDirectory(EventFile);
        await Deadline.Until("all are written", () =>
        {
            Publish(app, "more");
            return File.Exists(Path.Combine(EventFile, "events"));
        });

        Assert.Equal(LogLevel.Error, Assert.Single(Logged(app)));
        var messages = File.ReadAllText(Path.Combine(EventFile, "events"));
        Assert.Contains("\"one\"", messages, StringComparison.Ordinal);
        Assert.Contains("\"two\"", messages, StringComparison.Ordinal);
        Assert.Equal("one", app.Get<BalancerEvents>().After(default)[0].Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/absent/events.jsonl")]
    public async Task FileThatCannotBe_IsRefused(string path)
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(path));

        Assert.Equal(
            [$"WsBalancer:Admin:Events:Path is '{path}': expected a file in a folder that exists, or off"],
            refused.Mistakes);
    }

    [Theory]
    [InlineData(null, "/var/lib/wsbalancer.state.json", "/var/lib/wsbalancer.state.events.jsonl")]
    [InlineData(null, null, null)]
    [InlineData("off", "/var/lib/wsbalancer.state.json", null)]
    [InlineData("audit.jsonl", null, "/etc/wsbalancer/audit.jsonl")]
    public void File_IsBesideTheStateFile_UnlessItIsNamed(string? path, string? stateFile, string? expected) =>
        Assert.Equal(expected, new EventLogOptions { Path = path }.FileIn("/etc/wsbalancer", stateFile));

    private static LogLevel[] Logged(BalancerApp app) =>
        [.. app.Logs.GetSnapshot().Where(line => line.Id.Id == 661).Select(line => line.Level)];

    private static void Publish(BalancerApp app, string message) =>
        app.Get<BalancerEvents>().Publish(EventKind.Node, "chat", "ws-1", message);

    private static Dictionary<string, string?> Settings(string path) =>
        ChatSettings.OfNodes("ws-1").With("WsBalancer:Admin:Events:Path", path);

    private async Task<BalancerApp> StartAsync(string? path = null, params (string Key, string Value)[] settings)
    {
        var app = BalancerApp.Build(settings.Aggregate(
            Settings(path ?? EventFile),
            (all, setting) => all.With($"WsBalancer:Admin:Events:{setting.Key}", setting.Value)));
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
