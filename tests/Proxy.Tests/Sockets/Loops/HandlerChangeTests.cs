namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>A failure is reported to the handler that takes over a socket.</summary>
public sealed class HandlerChangeTests
{
    [Theory]
    [ClassData<Engines>]
    public async Task Failure_ReportedToTheOldHandler_IsReportedToTheNewOne(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        pair.ResetPeer();
        await Deadline.Until("the old handler is notified", () => pair.Recorder.Errors.Length == 1);

        var next = new Recorder();
        await loop.OnLoop(() => pair.Socket.Handler = next);
        await pair.SettleAsync();

        Assert.Equal(pair.Recorder.Errors, next.Errors);
        Assert.Equal((1, 1), (pair.Recorder.Calls, next.Calls));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Failure_IsReportedToTheLastOfSeveral_Once(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        pair.ResetPeer();
        await Deadline.Until("the old handler is notified", () => pair.Recorder.Errors.Length == 1);

        var (passedOver, last) = (new Recorder(), new Recorder());
        await loop.OnLoop(() =>
        {
            pair.Socket.Handler = passedOver;
            pair.Socket.Handler = last;
        });
        await pair.SettleAsync();

        Assert.Equal((0, 1), (passedOver.Calls, last.Calls));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Failure_OfASocketThatIsClosed_IsNotReported(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        pair.ResetPeer();
        await Deadline.Until("the old handler is notified", () => pair.Recorder.Errors.Length == 1);

        var next = new Recorder();
        await loop.OnLoop(() =>
        {
            pair.Socket.Handler = next;
            pair.Socket.Close();
        });
        await pair.SettleAsync();

        Assert.Equal(0, next.Calls);
    }
}
