using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>Notifies all listeners of changes, also after one of them has failed.</summary>
internal static class StateListeners
{
    public static void Notify(
        Action<IReadOnlyList<StateRecord>>? listeners, IReadOnlyList<StateRecord> changed, ILogger logger)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(listeners))
        {
            try
            {
                listener(changed);
            }
            catch (Exception ex) when (ex is not OutOfMemoryException)
            {
                // The decision is in effect: the other listeners, and the other balancers, must be notified.
                StateLog.ListenerFailed(logger, ex);
            }
        }
    }
}
