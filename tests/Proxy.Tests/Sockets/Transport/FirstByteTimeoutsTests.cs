using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

public sealed class FirstByteTimeoutsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FirstByteTimeouts _timeouts;
    private readonly Pipe _pipe = new();

    public FirstByteTimeoutsTests() => _timeouts = new FirstByteTimeouts(Minute, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Timeout_IsThatOfEachConnection()
    {
        var (first, second) = (new Connection(), new Connection());
        _timeouts.Start(first);
        _time.Advance(Minute / 2);
        _timeouts.Start(second);

        _time.Advance(Minute / 2);
        Assert.Equal((1, 0), (first.TimedOut, second.TimedOut));
        _time.Advance(Minute / 2);
        Assert.Equal((1, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void StoppedTimeout_DoesNotNotify()
    {
        var (first, second) = (new Connection(), new Connection());
        var pending = _timeouts.Start(first)!;
        _timeouts.Start(second);

        Assert.True(pending.Stop());
        Assert.False(pending.Stop());
        _time.Advance(Minute);

        Assert.Equal((0, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void ConnectionAfterAllHaveTimedOut_HasATimeoutToo()
    {
        var (first, second) = (new Connection(), new Connection());
        _timeouts.Start(first);
        _time.Advance(Minute);
        _timeouts.Start(second);

        _time.Advance(Minute);

        Assert.Equal((1, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void Off_IsNoTimeout()
    {
        using var off = new FirstByteTimeouts(null, _time);

        Assert.Null(off.Start(new Connection()));
    }

    [Fact]
    public async Task Reader_IsAtTheEnd_WhenNothingIsReceivedInTime()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        var read = reader.ReadAsync(Cancellation).AsTask();

        _time.Advance(Minute);
        var result = await read;

        Assert.Equal((true, false, true), (result.Buffer.IsEmpty, result.IsCanceled, result.IsCompleted));
    }

    [Fact]
    public async Task Reader_GetsTheFirstBytes_ThatAreReceivedAtTheTimeout()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        await _pipe.Writer.WriteAsync("GET"u8.ToArray(), Cancellation);

        _time.Advance(Minute);
        var first = await reader.ReadAsync(Cancellation);
        reader.AdvanceTo(first.Buffer.End);
        var second = reader.ReadAsync(Cancellation).AsTask();
        await _pipe.Writer.WriteAsync(" /"u8.ToArray(), Cancellation);

        Assert.Equal((3, false, false), ((int)first.Buffer.Length, first.IsCanceled, first.IsCompleted));
        Assert.Equal((2, false), ((int)(await second).Buffer.Length, (await second).IsCanceled));
    }

    [Fact]
    public async Task Reader_KeepsAnothersCancellation()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        reader.CancelPendingRead();

        var result = await reader.ReadAsync(Cancellation);

        Assert.Equal((true, false), (result.IsCanceled, result.IsCompleted));
    }

    public void Dispose() => _timeouts.Dispose();

    private sealed class Connection : IFirstByteTimeout
    {
        public int TimedOut { get; private set; }

        void IFirstByteTimeout.TimedOut(PendingFirstByte pending) => TimedOut++;
    }
}
