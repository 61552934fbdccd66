using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests;

public sealed class SettingsSourceTests
{
    private static readonly Dictionary<string, string?> Right = ChatSettings.OfNodes("ws-1");

    private readonly ReloadableSettings _file = new(Right);
    private readonly FakeLogger<SettingsSource> _logger = new();

    [Fact]
    public void Start_WithMistakes_ThrowsThemAll()
    {
        _file.Replace(Right.With(ChatSettings.Ours + "Health:Fall", "0").With("WsBalancer:Nonsense", "1"));

        var failure = Assert.Throws<SettingsException>(Create);

        Assert.Equal(2, failure.Mistakes.Count);
        Assert.All(failure.Mistakes, mistake => Assert.Contains(mistake, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Reload_ThatIsRight_IsInForceBeforeItIsNotified()
    {
        using var source = Create();
        var notified = new List<int>();
        source.Changed += () => notified.Add(source.Current["chat"].Get<HealthOptions>().Fall);

        _file.Replace(Right.With(ChatSettings.Ours + "Health:Fall", "7"));
        _file.Replace(Right.With(ChatSettings.Ours + "Health:Fall", "8"));

        Assert.Equal([7, 8], notified);
    }

    [Fact]
    public void Reload_ThatIsWrong_ChangesNothingAndIsReported()
    {
        using var source = Create();
        var (before, changes) = (source.Settings, 0);
        source.Changed += () => changes++;

        _file.Replace(Right
            .With(ChatSettings.Ours + "Health:Fall", "0")
            .With(ChatSettings.Ours + "Health:Rise", "5")
            .With("WsBalancer:Nonsense", "1"));

        Assert.Equal(0, changes);
        Assert.Same(before, source.Settings);
        var lines = _logger.Collector.GetSnapshot();
        Assert.Equal([1, 1, 2], lines.Select(line => line.Id.Id));
        Assert.All(lines, line => Assert.Equal(LogLevel.Error, line.Level));
        Assert.Contains("(2)", lines[^1].Message, StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Message.StartsWith("WsBalancer:Nonsense", StringComparison.Ordinal));

        _file.Replace(Right);
        Assert.Equal(1, changes);
    }

    [Fact]
    public void Reload_OfWhatIsReadAtTheStart_ReportsThatItNeedsARestart()
    {
        var started = Right.With("WsBalancer:Sockets:SourceAddresses:0", "127.0.0.1");
        _file.Replace(started);
        using var source = Create();

        _file.Replace(started.With(ChatSettings.Ours + "Health:Fall", "7"));
        Assert.Empty(_logger.Collector.GetSnapshot());

        _file.Replace(started
            .With(ChatSettings.Ours + "Health:Fall", "7")
            .With("WsBalancer:Admin:Token", "new-token")
            .With("WsBalancer:State:Path", "elsewhere.json")
            .With("WsBalancer:Shutdown:Delay", "1s")
            .With("WsBalancer:Sockets:SourceAddresses:0", "127.0.0.2"));

        var lines = _logger.Collector.GetSnapshot();
        Assert.Equal([3, 3, 3, 3], lines.Select(line => line.Id.Id));
        Assert.Equal(
            ["WsBalancer:Admin", "WsBalancer:State", "WsBalancer:Shutdown", "WsBalancer:Sockets"],
            lines.Select(line => line.GetStructuredStateValue("Section")));
    }

    [Fact]
    public void Reload_BackToWhatTheStartHasRead_NeedsNoRestart()
    {
        using var source = Create();
        _file.Replace(Right.With("WsBalancer:Shutdown:Delay", "1s"));
        _logger.Collector.Clear();

        _file.Replace(Right);

        Assert.Empty(_logger.Collector.GetSnapshot());
    }

    // A subscriber that is notified of the reload first may read the settings at once, and must get the new ones.
    [Fact]
    public void Reload_IsInForceForOthersThatFollowTheConfiguration()
    {
        var configuration = (IConfiguration)new ConfigurationBuilder().Add(_file).Build();
        using var source = new SettingsSource(SettingsOrigin.Of(configuration), _logger, new SettingsUse());
        var seen = 0;
        using var other = configuration.GetReloadToken().RegisterChangeCallback(
            _ => seen = source.Current["chat"].Get<HealthOptions>().Fall, null);

        _file.Replace(Right.With(ChatSettings.Ours + "Health:Fall", "7"));

        Assert.Equal(7, seen);
    }

    private SettingsSource Create() => new(
        SettingsOrigin.Of(new ConfigurationBuilder().Add(_file).Build()), _logger, new SettingsUse());
}
