namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// The channels this node receives, with reference counts: the first reference subscribes, and the release of the last
/// one unsubscribes.
/// </summary>
/// <remarks>
/// Changes of one channel are made one after the other, so that a subscribe can never overtake the unsubscribe before
/// it.
/// </remarks>
internal sealed class Subscriptions(IMessageBus bus)
{
    /// <summary>The most channels that are subscribed at once after the bus was unavailable.</summary>
    private const int Batch = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    /// <summary>The number of times that the bus has lost all subscriptions.</summary>
    private int _losses;

    /// <summary>The number of channels with a reference.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>
    /// Takes a reference, even if it returns false. Completes when the channel is active or the subscribe has failed.
    /// </summary>
    /// <returns>Whether messages of other nodes are received from now on.</returns>
    public async Task<bool> AcquireAsync(string channel)
    {
        Subscription subscription;
        Task<bool> turn;
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(channel, out subscription!))
            {
                _subscriptions.Add(channel, subscription = new Subscription(channel));
            }

            subscription.References++;
            turn = Enqueue(subscription, ActivateAsync);
        }

        return await turn;
    }

    /// <summary>Returns a reference.</summary>
    public async Task ReleaseAsync(string channel)
    {
        Task turn;
        lock (_lock)
        {
            // Counted down only in its turn: until then, the reference keeps the entry for the turns before it.
            turn = Enqueue(_subscriptions[channel], ReleaseAsync);
        }

        await turn;
    }

    /// <summary>Notes that the bus has lost all subscriptions; <see cref="RetryAsync"/> makes them again.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _losses++;
            foreach (var subscription in _subscriptions.Values)
            {
                subscription.IsActive = false;
            }
        }
    }

    /// <summary>Retries the channels that are not subscribed, because the bus was unavailable.</summary>
    public async Task RetryAsync()
    {
        List<Subscription> pending;
        lock (_lock)
        {
            pending = [.. _subscriptions.Values.Where(subscription => !subscription.IsActive)];
        }

        foreach (var batch in pending.Chunk(Batch))
        {
            List<Task<bool>> turns;
            lock (_lock)
            {
                turns = [.. batch.Select(subscription => Enqueue(subscription, ActivateAsync))];
            }

            if (!(await Task.WhenAll(turns)).Contains(true))
            {
                return;
            }
        }
    }

    // The lock is held. An idle subscription has no pending turn, so it needs no semaphore.
    private Task<bool> Enqueue(Subscription subscription, Func<Subscription, Task<bool>> change)
    {
        subscription.Turns++;
        var turn = TakeTurnAsync(subscription.LastTurn, subscription, change);
        subscription.LastTurn = turn.IsCompleted ? null : turn;
        return turn;
    }

    private async Task<bool> TakeTurnAsync(
        Task? before, Subscription subscription, Func<Subscription, Task<bool>> change)
    {
        if (before is not null)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            return await change(subscription);
        }
        finally
        {
            lock (_lock)
            {
                subscription.LastTurn = --subscription.Turns == 0 ? null : subscription.LastTurn;
            }
        }
    }

    private async Task<bool> ActivateAsync(Subscription subscription)
    {
        int losses;
        lock (_lock)
        {
            if (subscription.IsActive || subscription.References == 0)
            {
                return true;
            }

            losses = _losses;
        }

        var isActive = await bus.SubscribeAsync(subscription.Channel);
        lock (_lock)
        {
            subscription.IsActive = isActive && losses == _losses;
            return subscription.IsActive || subscription.References == 0;
        }
    }

    private async Task<bool> ReleaseAsync(Subscription subscription)
    {
        lock (_lock)
        {
            if (--subscription.References > 0)
            {
                return true;
            }

            if (!subscription.IsActive)
            {
                _subscriptions.Remove(subscription.Channel);
                return true;
            }

            subscription.IsActive = false;
        }

        await bus.UnsubscribeAsync(subscription.Channel);
        lock (_lock)
        {
            // A new reference may have been taken during the unsubscribe: then the entry stays, and its owner
            // subscribes again.
            if (subscription.References == 0)
            {
                _subscriptions.Remove(subscription.Channel);
            }
        }

        return true;
    }

    private sealed class Subscription(string channel)
    {
        public string Channel { get; } = channel;

        /// <summary>The last change; null if all have completed.</summary>
        public Task? LastTurn { get; set; }

        /// <summary>The number of changes that have not completed.</summary>
        public int Turns { get; set; }

        public int References { get; set; }

        public bool IsActive { get; set; }
    }
}
