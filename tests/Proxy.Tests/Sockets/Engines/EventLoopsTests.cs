using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Engines;

namespace WsBalancer.Proxy.Tests.Sockets.Engines;

public sealed class EventLoopsTests
{
    private const string Obstacle = "the test does not allow it.";

    private readonly FakeLogCollector _log = new();

    [Fact]
    public void Auto_WithIoUring_TakesIt()
    {
        Loops.Engines.SkipWithoutUring();

        using var loops = Create(SocketEngine.Auto, obstacle: null);

        Assert.Equal(SocketEngine.IoUring, loops?.Engine);
        Assert.Equal(["Users are served by event loops over io_uring: 2 of them."], Messages());
    }

    [Fact]
    public void Auto_WithoutIoUring_TakesEpollAndLogsTheReason()
    {
        using var loops = Create(SocketEngine.Auto, Obstacle);

        Assert.Equal(SocketEngine.Epoll, loops?.Engine);
        Assert.Equal(
            [
                $"Event loops do not use io_uring: {Obstacle}",
                "Users are served by event loops over epoll: 2 of them.",
            ],
            Messages());
        Assert.All(_log.GetSnapshot(), record => Assert.Equal(LogLevel.Information, record.Level));
    }

    [Fact]
    public void IoUring_WhereItIsNotToBeHad_IsAMistakeOfTheConfiguration()
    {
        var failure = Assert.Throws<SettingsException>(() => Create(SocketEngine.IoUring, Obstacle));

        Assert.Equal(
            [$"WsBalancer:Sockets:Engine is 'io_uring', which is not to be had here: {Obstacle}"], failure.Mistakes);
    }

    [Fact]
    public void IoUring_IsStartedOnceForEachLoop()
    {
        Loops.Engines.SkipWithoutUring();

        using var loops = Create(SocketEngine.IoUring, obstacle: null);

        Assert.Equal([0, 1], loops?.All.Select(loop => loop.Index));
        Assert.Equal(2, loops?.Count);
    }

    [Fact]
    public void Epoll_DoesNotProbeIoUring()
    {
        using var loops = ConfiguredLoops.Start(
            Options(SocketEngine.Epoll), TimeProvider.System, Loggers(), () => throw new InvalidOperationException());

        Assert.Equal(SocketEngine.Epoll, loops?.Engine);
    }

    [Fact]
    public void Sockets_HaveNoLoops()
    {
        Assert.Null(Create(SocketEngine.Sockets, obstacle: null));
        Assert.Equal(
            ["Users are served by the platform's sockets: every tunnel takes the portable path."], Messages());
    }

    [Fact]
    public void Label_OfEachEngine_IsTheNameInTheConfiguration() => Assert.All(
        Enum.GetValues<SocketEngine>(), engine => Assert.Equal(SettingsScalar.Format(engine), engine.Label()));

    [Fact]
    public void Label_OfAnUnknownEngine_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ((SocketEngine)99).Label());

    private static LoopOptions Options(SocketEngine engine) =>
        new SocketsOptions { Engine = engine, Loops = 2 }.ToLoopOptions();

    private EventLoops? Create(SocketEngine engine, string? obstacle) =>
        ConfiguredLoops.Start(Options(engine), TimeProvider.System, Loggers(), () => obstacle);

    private LoggerFactory Loggers() => new([new FakeLoggerProvider(_log)]);

    private IEnumerable<string> Messages() => _log.GetSnapshot().Select(record => record.Message);
}
