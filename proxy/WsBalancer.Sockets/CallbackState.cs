namespace WsBalancer.Sockets;

/// <summary>
/// The state that is passed to a callback of the platform. The platform declares it as nullable, since another caller
/// may have none.
/// </summary>
internal static class CallbackState
{
    /// <summary>Returns the state as the type that the callback was registered with.</summary>
    /// <exception cref="InvalidCastException">The callback was registered with another type, or without a
    /// state.</exception>
    public static T Of<T>(object? state)
        where T : class =>
        state as T ?? throw new InvalidCastException($"The callback was registered without a state of {typeof(T)}.");
}
