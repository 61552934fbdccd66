using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Names;

/// <summary>
/// A name and its addresses, which are refreshed in the background while the name is in use. Thread-safe.
/// </summary>
internal sealed class KnownName(
    string host, INameResolver resolver, TimeProvider time, ILogger logger, Action<KnownName> forget) : IDisposable
{
    /// <summary>The maximum age of an answer that is used, unless the resolver fails.</summary>
    // The system's resolver does not pass on the TTL. Names of hosts commonly have one of 30 s or more.
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>The age at which an answer is refreshed.</summary>
    // Half of the maximum, so that the resolver has responded, or failed, before the last answer is too old.
    public static readonly TimeSpan RefreshAfter = MaxAge / 2;

    private static readonly TimeSpan ResolverTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // Longer than the longest interval of health probes, so that the names of probed hosts are kept.
    private static readonly TimeSpan UnusedLifetime = TimeSpan.FromHours(2);

    private readonly Lock _lock = new();
    private volatile IPAddress[]? _order;
    private volatile bool _isFailing;
    private IPAddress[] _answer = [];
    private IPAddress? _lastConnected;
    private SocketError _error;
    private long _queriedAt;
    private long _usedAt;
    private Task? _resolution;
    private ITimer? _timer;
    private bool _isDisposed;

    public string Host => host;

    /// <summary>The addresses, if they can be used without waiting for the resolver.</summary>
    public bool TryUse(out HostAddresses addresses)
    {
        Volatile.Write(ref _usedAt, time.GetTimestamp());
        var order = _order;
        addresses = new HostAddresses(order ?? [], this);
        return order is not null
            && (_isFailing || time.GetElapsedTime(Volatile.Read(ref _queriedAt)) <= MaxAge);
    }

    /// <summary>Waits for the resolver: for the first answer, or for a current one after this process was suspended.
    /// </summary>
    /// <exception cref="SocketException">The resolver has failed, and has never returned an address.</exception>
    public async ValueTask<HostAddresses> ResolveAsync(CancellationToken cancellation)
    {
        await Resolution().WaitAsync(cancellation);
        return _order is { } order ? new HostAddresses(order, this) : throw new SocketException((int)_error);
    }

    /// <summary>Whether the latest answer contains an address. True before the first answer.</summary>
    public bool Has(IPAddress address) => _order is not { } order || order.Contains(address);

    /// <summary>Remembers an address that accepted a connection: it is tried first from now on.</summary>
    public void Connected(IPAddress address)
    {
        if (address.Equals(Volatile.Read(ref _lastConnected)))
        {
            return;
        }

        lock (_lock)
        {
            _lastConnected = address;
            _order = AddressOrder.Of(_answer, address);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    // All waiting connects share one query.
    private Task Resolution()
    {
        lock (_lock)
        {
            return _resolution ??= Task.Run(RefreshAsync);
        }
    }

    private async Task RefreshAsync()
    {
        var queriedAt = time.GetTimestamp();
        try
        {
            using var deadline = new CancellationTokenSource(ResolverTimeout, time);
            var answer = await resolver.ResolveAsync(host, deadline.Token).WaitAsync(deadline.Token);
            if (answer.Length > 0)
            {
                Resolved(answer, queriedAt);
            }
            else
            {
                Failed(SocketError.NoData);
            }
        }
        catch (Exception ex)
        {
            // The platform rejects a name that is too long for DNS without a query.
            Failed(ex switch
            {
                SocketException failure => failure.SocketErrorCode,
                OperationCanceledException => SocketError.TryAgain,
                _ => SocketError.HostNotFound,
            });
        }
    }

    private void Resolved(IPAddress[] answer, long queriedAt)
    {
        var wasFailing = _isFailing;
        lock (_lock)
        {
            _answer = answer;
            Volatile.Write(ref _queriedAt, queriedAt);
            _order = AddressOrder.Of(answer, _lastConnected);
            _isFailing = false;
            _resolution = null;
            var left = RefreshAfter - time.GetElapsedTime(queriedAt);
            Schedule(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        if (wasFailing)
        {
            SocketsLog.NameResolvedAgain(logger, host);
        }
    }

    private void Failed(SocketError error)
    {
        bool isNew;
        lock (_lock)
        {
            _error = error;
            _resolution = null;
            isNew = _order is not null && !_isFailing;
            _isFailing = _order is not null;
            if (_order is not null)
            {
                Schedule(RetryAfter);
            }
        }

        if (isNew)
        {
            SocketsLog.NameNotResolved(logger, host, error);
        }
        else if (_order is null)
        {
            // The next use of the name starts another query.
            forget(this);
        }
    }

    private void Schedule(TimeSpan due)
    {
        if (_isDisposed)
        {
            return;
        }

        _timer ??= time.CreateTimer(
            static name => CallbackState.Of<KnownName>(name).Due(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Due()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _usedAt)) > UnusedLifetime)
        {
            forget(this);
        }
        else
        {
            _ = Resolution();
        }
    }
}
