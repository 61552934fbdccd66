using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Access;

/// <summary>
/// Lines are written to the file at the configured path, even after that file was renamed, replaced or truncated.
/// </summary>
public sealed class AccessWriterTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-access-");
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<AccessWriter> _logger = new();
    private readonly BalancerRegistry _registry = new(TimeProvider.System);
    private readonly AccessLog _log;
    private readonly AccessWriter _writer;

    private AccessLogOptions _options = new() { Path = "access.log", RefusalsPerSecond = 3 };

    public AccessWriterTests()
    {
        _log = new AccessLog(() => _options, () => TrustedProxies.None, _registry, _time);
        _writer = new AccessWriter(_log, () => _options, new ConfigurationFolder(_folder.FullName), _time, _logger);
    }

    private string File => Path.Combine(_folder.FullName, "access.log");

    [Fact]
    public async Task Line_IsWrittenAtTheNextTurn()
    {
        await _writer.StartingAsync(CancellationToken.None);
        await _writer.StartAsync(CancellationToken.None);

        Refuse("a");
        _time.Advance(TimeSpan.FromMilliseconds(100));

        await Deadline.Until("the line", () => Reasons(File) is ["a"]);
    }

    [Fact]
    public async Task FileThatWasRenamed_IsReopenedWithinASecond()
    {
        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");
        System.IO.File.Move(File, File + ".1");

        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("b");

        Assert.Equal(["a"], Reasons(File + ".1"));
        Assert.Equal(["b"], Reasons(File));
    }

    [Fact]
    public async Task FileThatWasRenamed_IsReopenedOnRequest()
    {
        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");
        System.IO.File.Move(File, File + ".1");
        WriteLine("b");

        _writer.Reopen();
        WriteLine("c");

        Assert.Equal(["a", "b"], Reasons(File + ".1"));
        Assert.Equal(["c"], Reasons(File));
    }

    [Fact]
    public async Task FileThatWasRemovedOrReplaced_IsReopened()
    {
        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");
        System.IO.File.Delete(File);
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("b");
        Assert.Equal(["b"], Reasons(File));

        System.IO.File.WriteAllText(File + ".new", "");
        System.IO.File.Move(File + ".new", File, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("c");
        Assert.Equal(["c"], Reasons(File));
    }

    [Fact]
    public async Task FileThatWasCut_HasNoHole()
    {
        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");

        System.IO.File.WriteAllText(File, "");
        WriteLine("b");

        Assert.Equal(["b"], Reasons(File));
    }

    [Fact]
    public async Task LineThatWasCutOff_IsEnded()
    {
        System.IO.File.WriteAllText(File, "{\"reason\":\"x\",\"ha");

        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");

        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public async Task FullDisk_IsLoggedOnce_AndLinesAreCounted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there is no /dev/full.");
        _options = _options with { Path = "/dev/full" };
        await _writer.StartingAsync(CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            WriteLine("a");
            _time.Advance(TimeSpan.FromSeconds(1));
            _writer.WriteQueued();
        }

        var error = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Error, error.Level);
        Assert.Contains("'/dev/full' cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, await Dropped("write"));

        _options = _options with { Path = "access.log" };
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("b");
        Assert.Equal(["b"], Reasons(File));
        Assert.Equal(LogLevel.Information, _logger.LatestRecord.Level);
    }

    [Fact]
    public async Task PathThatChanges_IsFollowed_AndLeftWhereItWasIfItIsBad()
    {
        await _writer.StartingAsync(CancellationToken.None);
        WriteLine("a");

        _options = _options with { Path = "missing/access.log" };
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("b");
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("c");
        var error = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Contains("there is no folder", error.Message, StringComparison.Ordinal);

        _options = _options with { Path = "other.log" };
        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("d");

        Assert.Equal(["a", "b", "c"], Reasons(File));
        Assert.Equal(["d"], Reasons(Path.Combine(_folder.FullName, "other.log")));

        _options = _options with { Path = "off" };
        WriteLine("e");
        Assert.Equal(["d"], Reasons(Path.Combine(_folder.FullName, "other.log")));
    }

    [Theory]
    [InlineData("missing/access.log", "there is no folder")]
    [InlineData(".", "it is a folder")]
    public async Task PathThatIsBad_FailsTheStart(string path, string reason)
    {
        _options = _options with { Path = path };

        var mistake = await Assert.ThrowsAsync<SettingsException>(
            () => _writer.StartingAsync(CancellationToken.None));

        Assert.StartsWith(
            $"WsBalancer:AccessLog:Path is '{path}': {reason}",
            Assert.Single(mistake.Mistakes),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinesBeyondTheQueue_AreDroppedAndCounted()
    {
        _options = _options with { MaxQueued = 100, RefusalsPerSecond = 1000 };
        for (var i = 0; i < 103; i++)
        {
            Refuse("a");
        }

        await _writer.StartingAsync(CancellationToken.None);
        _writer.WriteQueued();
        WriteLine("b");

        Assert.Equal(101, Reasons(File).Length);
        Assert.Equal(3, await Dropped("queue"));
    }

    [Fact]
    public async Task RefusalsBeyondTheRate_AreDroppedAndCounted()
    {
        await _writer.StartingAsync(CancellationToken.None);
        for (var i = 0; i < 5; i++)
        {
            WriteLine("a");
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        WriteLine("b");

        Assert.Equal(["a", "a", "a", "b"], Reasons(File));
        Assert.Equal(2, await Dropped("rate"));
    }

    [Fact]
    public async Task Stop_WritesWhatIsQueued()
    {
        await _writer.StartingAsync(CancellationToken.None);
        await _writer.StartAsync(CancellationToken.None);
        Refuse("last");

        await _writer.StoppedAsync(CancellationToken.None);

        Assert.Equal(["last"], Reasons(File));
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StoppedAsync(CancellationToken.None);
        _writer.Dispose();
        _log.Dispose();
        _registry.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Refuse(string reason) => _log.AddRefusal(new AccessRefusal(reason, 400, "chat", Request: null));

    private void WriteLine(string reason)
    {
        Refuse(reason);
        _writer.WriteQueued();
    }

    private async Task<int> Dropped(string cause)
    {
        using var text = new MemoryStream();
        await _registry.Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        var series = $"wsbalancer_access_log_dropped_total{{cause=\"{cause}\"}} ";
        var line = Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .Single(line => line.StartsWith(series, StringComparison.Ordinal));
        return int.Parse(line[series.Length..], CultureInfo.InvariantCulture);
    }

    private static string?[] Reasons(string file) => System.IO.File.Exists(file)
        ?
        [
            .. System.IO.File.ReadAllLines(file).Select(line =>
                (string?)JsonNode.Parse(line)!["reason"]),
        ]
        : [];
}
