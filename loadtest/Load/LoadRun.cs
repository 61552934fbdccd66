namespace WsBalancer.LoadTest.Load;

/// <summary>
/// One run: opens connections at a rate, holds them while sending, waits for the last echoes, closes.
/// </summary>
/// <remarks>
/// Messages begin after every connect has completed, so that the burst of handshakes does not affect the latency of
/// messages.
/// </remarks>
internal sealed class LoadRun(RunSettings settings, TimeProvider time)
{
    private static readonly TimeSpan SettlePoll = TimeSpan.FromMilliseconds(20);

    // Enough to close thousands of connections within seconds, but few enough not to flood the server.
    private const int ClosesAtOnce = 256;

    private readonly Pacer _pacer = new(time);
    private readonly Payload _payload = new(settings.MessageSize, settings.IsBinary);

    public Measurements Measurements { get; } = new(time);

    public OpenConnections Open { get; } = new();

    public RunPhase Phase { get; private set; }

    /// <summary>The time for which messages were sent; shorter than requested if the run was stopped.</summary>
    public TimeSpan Held { get; private set; }

    /// <summary>
    /// Performs the whole run. A stop shortens the run, but not its last phases, which have time limits.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var connector = new Connector(settings.ConnectTimeout, time);
        await ConnectAllAsync(connector, stop);

        Phase = RunPhase.Holding;
        if (Measurements.Opened.Value > 0)
        {
            await HoldAsync(stop);
        }

        Phase = RunPhase.Settling;
        await SettleAsync();

        Phase = RunPhase.Closing;
        await CloseAllAsync();
    }

    private async Task ConnectAllAsync(Connector connector, CancellationToken stop)
    {
        var connects = new List<Task>(settings.Connections);
        var schedule = Schedule.StartingNow(time, settings.Connections, settings.ConnectRate);
        await _pacer.RunAsync(
            schedule,
            (index, intended) => connects.Add(ConnectAsync(connector, (int)index, intended, stop)),
            stop);
        await Task.WhenAll(connects);
    }

    private async Task ConnectAsync(Connector connector, int index, long intended, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        Measurements.ConnectLag.Record(intended, begun);
        Measurements.ConnectsStarted.Add();

        try
        {
            var (socket, failure) = await connector.ConnectAsync(settings.Target.For(index), stop);
            if (socket is null)
            {
                Measurements.ConnectFailures.Add(failure!);
                return;
            }

            var now = time.GetTimestamp();
            Measurements.Connect.Record(intended, now);
            Measurements.ConnectService.Record(begun, now);
            Measurements.Opened.Add();
            Attend(new LoadConnection(index, socket, _payload, Measurements, time));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Measurements.ConnectsAbandoned.Add();
        }
    }

    private void Attend(LoadConnection connection)
    {
        Open.Add(connection);
        connection.Begin(settings.CloseTimeout);
        _ = connection.Ended.ContinueWith(
            _ => Open.Remove(connection),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task HoldAsync(CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        if (settings.MessageRate is { } rate)
        {
            await _pacer.RunAsync(Schedule.Lasting(time, settings.Hold, rate), SendOne, stop);
        }

        var left = settings.Hold - time.GetElapsedTime(begun);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Held = time.GetElapsedTime(begun);
    }

    private void SendOne(long index, long intended)
    {
        Measurements.MessagesScheduled.Add();
        if (Open.Next() is { } connection)
        {
            Measurements.SendLag.Record(intended, time.GetTimestamp());
            connection.Send(intended);
        }
    }

    private async Task SettleAsync()
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < settings.Grace && Open.Snapshot().Any(open => open.Outstanding > 0))
        {
            await Task.Delay(SettlePoll, time, CancellationToken.None);
        }
    }

    private Task CloseAllAsync() => Parallel.ForEachAsync(
        Open.Snapshot(),
        new ParallelOptions { MaxDegreeOfParallelism = ClosesAtOnce },
        async (connection, _) => await connection.CloseAsync(settings.CloseTimeout));
}

/// <summary>The current phase of a run; each phase begins when the one before it is complete.</summary>
internal enum RunPhase
{
    Connecting,
    Holding,

    /// <summary>No more messages are sent; pending echoes may still be received.</summary>
    Settling,

    Closing,
}
