namespace WsBalancer.BackendSample.Messaging;

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
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes a reference, even if it returns false. Completes when the channel is active or the subscribe has failed.
    /// </summary>
    /// <returns>Whether messages of other nodes are received from now on.</returns>
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

    /// <summary>Returns a reference.</summary>
    public async Task ReleaseAsync(string channel)
    {
        Subscription subscription;
        lock (_lock)
        {
            subscription = _subscriptions[channel];
        }

        await subscription.Turn.WaitAsync();
        try
        {
            // Counted down only after the wait: until then, the reference keeps the entry for the callers that wait
            // behind this one.
            if (CountDown(subscription) == 0)
            {
                await DeactivateAsync(subscription);
            }
        }
        finally
        {
            subscription.Turn.Release();
        }
    }

    /// <summary>Retries the channels that could not be subscribed while the bus was unavailable.</summary>
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
        if (subscription.IsActive)
        {
            await bus.UnsubscribeAsync(subscription.Channel);
            subscription.IsActive = false;
        }

        lock (_lock)
        {
            // A new reference may have been taken during the unsubscribe: then the entry stays, and its owner
            // subscribes again.
            if (subscription.References == 0)
            {
                _subscriptions.Remove(subscription.Channel);
            }
        }
    }

    private int CountDown(Subscription subscription)
    {
        lock (_lock)
        {
            return --subscription.References;
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
