using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Compare;

/// <summary>Tunnels to one target, all driven by the calling thread.</summary>
internal sealed class TunnelSet(
    Target target,
    EndPoint endPoint,
    CompareSettings settings,
    CountByKey<string> failures,
    TimeProvider time,
    CancellationToken stop) : IDisposable
{
    private const int HandshakesAtOnce = 64;
    private const int LongestWaitMs = 50;
    private const int BufferSize = 65_536;

    private readonly Poller _poller = new();
    private readonly List<Tunnel?> _tunnels = [];
    private readonly HashSet<Tunnel> _pending = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private long _lastNews;

    private IEnumerable<Tunnel> Alive => _tunnels.OfType<Tunnel>();

    /// <summary>The number of open tunnels.</summary>
    public int Count => Alive.Count();

    /// <summary>Opens this many tunnels, a few at once, and keeps them open.</summary>
    public void Open(int count) => Begin(count, keep: true);

    /// <summary>Opens and closes this many tunnels; returns how many were opened and closed.</summary>
    public int OpenAndClose(int count) => Begin(count, keep: false);

    /// <summary>
    /// Sends a message on every tunnel, and the next one when its echo is received. Returns the number of echoes
    /// received in that time; messages without an echo stay pending.
    /// </summary>
    public long Exchange(TimeSpan duration, LatencyRecorder latency)
    {
        var echoed = 0L;
        var begun = time.GetTimestamp();
        foreach (var tunnel in Alive)
        {
            tunnel.Message = new PreframedMessage(tunnel.Token, settings.MessageSize);
            SendMessage(tunnel);
        }

        while (time.GetElapsedTime(begun) < duration)
        {
            Pump((tunnel, news) =>
            {
                if (news == TunnelEvent.Echoed)
                {
                    echoed++;
                    latency.Record(tunnel.SentAt, time.GetTimestamp());
                    tunnel.Message!.Next();
                    SendMessage(tunnel);
                }
            });
        }

        return echoed;
    }

    /// <summary>Receives the pending echoes; those not received in time are lost.</summary>
    public void Drain()
    {
        _pending.UnionWith(Alive.Where(tunnel => tunnel.IsWaiting));
        Await((tunnel, _) => _pending.Remove(tunnel), "lost");
    }

    /// <summary>Processes events for this time. Idle tunnels should receive nothing.</summary>
    public void Idle(TimeSpan duration)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < duration)
        {
            Pump((_, _) => { });
        }
    }

    /// <summary>Closes all that are open.</summary>
    public void Close()
    {
        foreach (var tunnel in Alive)
        {
            tunnel.SendClose();
            _pending.Add(tunnel);
        }

        Await((tunnel, _) => _pending.Remove(tunnel), ConnectFailure.Timeout);
    }

    public void Dispose()
    {
        foreach (var tunnel in Alive)
        {
            tunnel.Dispose();
        }

        _poller.Dispose();
    }

    private int Begin(int count, bool keep)
    {
        var begun = 0;
        var done = 0;
        while (begun < count)
        {
            while (begun < count && _pending.Count < HandshakesAtOnce)
            {
                Connect(begun++);
            }

            Pump(Heed);
            FailPendingAfterTimeout(ConnectFailure.Timeout);
        }

        Await(Heed, ConnectFailure.Timeout);
        return done;

        void Heed(Tunnel tunnel, TunnelEvent news)
        {
            if (news == TunnelEvent.Opened && !keep)
            {
                tunnel.SendClose();
            }
            else if (_pending.Remove(tunnel) && news != TunnelEvent.Broken)
            {
                done++;
            }
        }
    }

    private void Connect(int index)
    {
        try
        {
            var tunnel = Tunnel.Connect(endPoint, target.For(index), _tunnels.Count);
            _lastNews = time.GetTimestamp();
            _tunnels.Add(tunnel);
            _pending.Add(tunnel);
            _poller.Add(tunnel.Socket, tunnel.Token);
        }
        catch (SocketException failure)
        {
            failures.Add(ConnectFailure.Name(failure, default));
        }
    }

    private void SendMessage(Tunnel tunnel)
    {
        tunnel.SentAt = time.GetTimestamp();
        tunnel.SendMessage();
        if (tunnel.HasUnsent)
        {
            _poller.WatchWrites(tunnel.Socket, tunnel.Token);
        }
    }

    private void Await(Action<Tunnel, TunnelEvent> heed, string failure)
    {
        _lastNews = time.GetTimestamp();
        while (_pending.Count > 0)
        {
            Pump(heed);
            FailPendingAfterTimeout(failure);
        }
    }

    private void FailPendingAfterTimeout(string failure)
    {
        if (time.GetElapsedTime(_lastNews) > settings.PendingTimeout)
        {
            foreach (var tunnel in _pending)
            {
                Drop(tunnel, failure);
            }

            _pending.Clear();
        }
    }

    private void Pump(Action<Tunnel, TunnelEvent> heed)
    {
        stop.ThrowIfCancellationRequested();
        foreach (var ready in _poller.Wait(LongestWaitMs))
        {
            if (_tunnels[ready.Token] is { } tunnel)
            {
                Advance(tunnel, ready, heed);
            }
        }
    }

    private void Advance(Tunnel tunnel, Readiness ready, Action<Tunnel, TunnelEvent> heed)
    {
        if (ready.CanWrite)
        {
            tunnel.Flush();
            if (!tunnel.HasUnsent)
            {
                _poller.WatchReads(tunnel.Socket, tunnel.Token);
            }
        }

        var news = ready.CanRead ? tunnel.Receive(_buffer) : TunnelEvent.Nothing;
        if (news == TunnelEvent.Nothing)
        {
            return;
        }

        _lastNews = time.GetTimestamp();
        if (news is TunnelEvent.Closed or TunnelEvent.Broken)
        {
            Drop(tunnel, news == TunnelEvent.Broken ? tunnel.Failure : null);
        }

        heed(tunnel, news);
    }

    private void Drop(Tunnel tunnel, string? failure)
    {
        tunnel.Dispose();
        _tunnels[tunnel.Token] = null;
        if (failure is not null)
        {
            failures.Add(failure);
        }
    }
}
