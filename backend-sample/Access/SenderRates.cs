namespace WsBalancer.BackendSample.Access;

/// <summary>The rates of all connections to this node, and of their users.</summary>
internal sealed class SenderRates(NodeOptions options, TimeProvider time)
{
    private readonly AccessOptions _limits = options.Access;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, UserRate> _users = new(StringComparer.Ordinal);

    /// <summary>The number of users with a connection, if their messages are limited.</summary>
    public int Users
    {
        get
        {
            lock (_lock)
            {
                return _users.Count;
            }
        }
    }

    /// <summary>The rate of a new connection; null without limits. It must be disposed with the connection.</summary>
    public SenderRate? Create(string user)
    {
        if (_limits is { ConnectionRate: 0, UserRate: 0 })
        {
            return null;
        }

        return new SenderRate(RateOf(_limits.ConnectionRate), Acquire(user), time, () => Release(user));
    }

    private MessageRate? RateOf(int perSecond) => perSecond > 0 ? new MessageRate(perSecond, perSecond, time) : null;

    private MessageRate? Acquire(string user)
    {
        if (RateOf(_limits.UserRate) is not { } rate)
        {
            return null;
        }

        lock (_lock)
        {
            if (!_users.TryGetValue(user, out var known))
            {
                _users.Add(user, known = new UserRate(rate));
            }

            known.Connections++;
            return known.Rate;
        }
    }

    private void Release(string user)
    {
        lock (_lock)
        {
            if (_users.TryGetValue(user, out var known) && --known.Connections == 0)
            {
                _users.Remove(user);
            }
        }
    }

    private sealed class UserRate(MessageRate rate)
    {
        public MessageRate Rate { get; } = rate;

        public int Connections { get; set; }
    }
}

/// <summary>The rate of one connection, and that of its user.</summary>
/// <param name="connection">The rate of the connection; null for no limit.</param>
/// <param name="user">The rate of all connections of the user; null for no limit.</param>
/// <param name="time">The clock.</param>
/// <param name="release">Releases the rate of the user.</param>
internal sealed class SenderRate(MessageRate? connection, MessageRate? user, TimeProvider time, Action release)
    : IDisposable
{
    // A client that is refused so often, or more than once in ten seconds for long, ignores the errors.
    private const int MaxRefusals = 10;
    private const double RefusalsPerSecond = 0.1;

    private readonly MessageRate _refusals = new(RefusalsPerSecond, MaxRefusals, time);

    /// <summary>Counts a message.</summary>
    /// <returns>Whether it is within the rate.</returns>
    public bool TryTake() => (connection?.TryTake() ?? true) && (user?.TryTake() ?? true);

    /// <summary>Counts a refused message.</summary>
    /// <returns>Whether the connection may stay.</returns>
    public bool TryRefuse() => _refusals.TryTake();

    public void Dispose() => release();
}
