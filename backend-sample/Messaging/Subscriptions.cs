namespace WsBalancer.BackendSample.Messaging;

/// <summary>
/// The channels this node receives, counted by reference: the first who needs one subscribes, the last one
/// unsubscribes.
/// </summary>
/// <remarks>
/// Changes of one channel go one after the other, so that a subscribe can never overtake the unsubscribe before it.
/// </remarks>
internal sealed class Subscriptions(IMessageBus bus)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    /// <summary>Takes a reference, also when the answer is no. Ends when the channel is active or known not to be.</summary>
    /// <returns>Whether messages of other nodes arrive from now on.</returns>
    public async Task<bool> AcquireAsync(string channel)
    {
        Subscription subscription;
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(channel, out subscription!))
            {
                _subscriptions.Add(channel, subscription = new Subscription(channel));
            }

            subscription.References++;
        }

        return await ActivateAsync(subscription);
    }

    /// <summary>Gives a reference back.</summary>
    public async Task ReleaseAsync(string channel)
    {
        Subscription subscription;
        lock (_lock)
        {
            subscription = _subscriptions[channel];
            if (--subscription.References > 0)
            {
                return;
            }
        }

        await subscription.Turn.WaitAsync();
        try
        {
            await DeactivateAsync(subscription);
        }
        finally
        {
            subscription.Turn.Release();
        }
    }

    /// <summary>Tries again what could not be subscribed while the bus was away.</summary>
    public async Task RetryAsync()
    {
        List<Subscription> pending;
        lock (_lock)
        {
            pending = [.. _subscriptions.Values.Where(subscription => !subscription.IsActive)];
        }

        foreach (var subscription in pending)
        {
            if (!await ActivateAsync(subscription))
            {
                return;
            }
        }
    }

    private async Task<bool> ActivateAsync(Subscription subscription)
    {
        await subscription.Turn.WaitAsync();
        try
        {
            if (!subscription.IsActive && IsReferenced(subscription))
            {
                subscription.IsActive = await bus.SubscribeAsync(subscription.Channel);
            }

            return subscription.IsActive || !IsReferenced(subscription);
        }
        finally
        {
            subscription.Turn.Release();
        }
    }

    private async Task DeactivateAsync(Subscription subscription)
    {
        if (IsReferenced(subscription))
        {
            return;
        }

        if (subscription.IsActive)
        {
            await bus.UnsubscribeAsync(subscription.Channel);
            subscription.IsActive = false;
        }

        lock (_lock)
        {
            // Someone may have taken a reference meanwhile: then the entry stays, and it subscribes anew. Or another
            // release was faster, and the name belongs to a new entry already.
            if (subscription.References == 0
                && ReferenceEquals(_subscriptions.GetValueOrDefault(subscription.Channel), subscription))
            {
                _subscriptions.Remove(subscription.Channel);
            }
        }
    }

    private bool IsReferenced(Subscription subscription)
    {
        lock (_lock)
        {
            return subscription.References > 0;
        }
    }

    private sealed class Subscription(string channel)
    {
        public string Channel { get; } = channel;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int References { get; set; }

        public bool IsActive { get; set; }
    }
}
