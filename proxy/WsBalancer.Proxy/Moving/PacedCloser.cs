using System.IO.Hashing;
using System.Runtime.InteropServices;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Closes many tunnels without a storm: at a pace, all tunnels of a user together, users in no order of theirs.
/// </summary>
internal sealed class PacedCloser(TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Closes tunnels until none is left to ask, or the time is up.</summary>
    /// <param name="open">Asked at every step: the tunnels that are still open.</param>
    /// <param name="farewell">The reason, the code and the text of the Close frames.</param>
    /// <param name="pace">How fast.</param>
    /// <param name="cancellation">Stops asking; what has been asked to close goes on closing.</param>
    public async Task RunAsync(
        Func<IEnumerable<Tunnel>> open, Farewell farewell, Pace pace, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var last = begun;
        using var timer = new PeriodicTimer(Step, time);
        while (true)
        {
            var now = time.GetTimestamp();
            var waiting = open().Where(tunnel => !tunnel.IsClosing).ToList();
            if (waiting.Count == 0)
            {
                return;
            }

            var count = pace.Next(waiting.Count, time.GetElapsedTime(begun, now), time.GetElapsedTime(last, now));
            last = now;
            var chosen = Choose(waiting, count);
            pace.Spend(chosen.Count);
            foreach (var tunnel in chosen)
            {
                tunnel.Close(farewell.End, farewell.Code, farewell.Text);
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    // Whole users: one half of whose tunnels are closed would be split between two nodes. Their hash, not their name or
    // age, orders them, so that the targets fill evenly.
    private static List<Tunnel> Choose(List<Tunnel> waiting, int count)
    {
        var chosen = new List<Tunnel>(count);
        var users = waiting
            .GroupBy(tunnel => tunnel.Identity.User ?? tunnel.Identity.Id, StringComparer.Ordinal)
            .OrderBy(user => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(user.Key.AsSpan())));
        foreach (var user in users.TakeWhile(_ => chosen.Count < count))
        {
            chosen.AddRange(user);
        }

        return chosen;
    }
}

/// <summary>What a closed tunnel is told, and counted as.</summary>
internal sealed record Farewell(TunnelEnd End, int Code, string Text);
