using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// Closes every session at a pace, in a random order, so that the clients do not all connect to other nodes at once.
/// </summary>
internal sealed class SessionDrain(NodeOptions options, SessionRegistry sessions, TimeProvider time)
{
    // Often enough for a steady pace.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Notifies every client when its connection will be closed, and closes it then.</summary>
    /// <param name="cancellation">Closes all at once.</param>
    /// <returns>Completes when no session is left.</returns>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var leaving = sessions.BeginLeave();
        Random.Shared.Shuffle(leaving);
        var interval = IntervalOf(leaving.Length);
        for (var i = 0; i < leaving.Length; i++)
        {
            leaving[i].Post(Delivery.Control(ServerMessage.Draining(i * interval)));
        }

        await CloseAsync(leaving, interval, cancellation);
        await sessions.Emptied;
    }

    private TimeSpan IntervalOf(int count)
    {
        var atRate = TimeSpan.FromSeconds(1) / options.DrainRate;
        return atRate * count <= options.DrainTimeout ? atRate : options.DrainTimeout / count;
    }

    private async Task CloseAsync(Session[] leaving, TimeSpan interval, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        for (var closed = 0; closed < leaving.Length;)
        {
            var due = cancellation.IsCancellationRequested ? leaving.Length : DueAfter(time.GetElapsedTime(begun));
            for (; closed < due; closed++)
            {
                leaving[closed].Close(SessionClose.ServiceRestart);
            }

            if (closed < leaving.Length)
            {
                await Task.Delay(Step, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        int DueAfter(TimeSpan elapsed) => (int)Math.Min(leaving.Length, 1 + Math.Floor(elapsed / interval));
    }
}
