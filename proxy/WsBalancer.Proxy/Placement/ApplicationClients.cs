using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The client factory that YARP would use without the balancer: YARP's own, that of <c>ConfigureHttpClient</c>, or one
/// of the application.
/// </summary>
/// <param name="factory">The factory that was registered last.</param>
internal sealed class ApplicationClients(IForwarderHttpClientFactory factory)
{
    private readonly ForwarderHttpClientFactory? _hooks = HooksOf(factory);

    /// <summary>The factory, if it creates clients without the hooks of YARP's own factory; else null.</summary>
    public IForwarderHttpClientFactory? Replacement => _hooks is null ? factory : null;

    public bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        _hooks is { } hooks && Hooks.CanReuseOldClient(hooks, context);

    public void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        if (_hooks is { } hooks)
        {
            Hooks.ConfigureHandler(hooks, context, handler);
        }
    }

    public HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        _hooks is { } hooks ? Hooks.WrapHandler(hooks, context, handler) : handler;

    // Classes that implement the interface again do not use the hooks of their base.
    private static ForwarderHttpClientFactory? HooksOf(IForwarderHttpClientFactory factory) =>
        factory is ForwarderHttpClientFactory hooks
        && hooks.GetType().GetInterfaceMap(typeof(IForwarderHttpClientFactory)).TargetMethods[0].DeclaringType
            == typeof(ForwarderHttpClientFactory)
            ? hooks
            : null;

    // YARP's hooks are protected, for derived classes. The application's factory is an object, so its hooks are called
    // through accessors.
    private static class Hooks
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CanReuseOldClient")]
        public static extern bool CanReuseOldClient(
            ForwarderHttpClientFactory factory, ForwarderHttpClientContext context);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ConfigureHandler")]
        public static extern void ConfigureHandler(
            ForwarderHttpClientFactory factory, ForwarderHttpClientContext context, SocketsHttpHandler handler);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "WrapHandler")]
        public static extern HttpMessageHandler WrapHandler(
            ForwarderHttpClientFactory factory, ForwarderHttpClientContext context, HttpMessageHandler handler);
    }
}
