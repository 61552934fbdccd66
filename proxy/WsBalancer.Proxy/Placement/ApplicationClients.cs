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

    // A factory without hooks replaces the one that calls them.
    private ForwarderHttpClientFactory Hooked =>
        _hooks ?? throw new InvalidOperationException("The client factory of the application has no hooks.");

    public bool CanReuseOldClient(ForwarderHttpClientContext context) => Hooks.CanReuseOldClient(Hooked, context);

    public void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler) =>
        Hooks.ConfigureHandler(Hooked, context, handler);

    public HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        Hooks.WrapHandler(Hooked, context, handler);

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
