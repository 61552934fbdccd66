using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The headers that a node of a ring cluster receives: Host as the client sent it, X-Forwarded-For, -Proto, -Host,
/// -Prefix and X-Real-IP as the connection has them, and no header that the client declared hop-by-hop.
/// </summary>
/// <remarks>
/// <para>These headers, and any other that a node may trust (<see cref="ForwardingHeaderFilter"/>), are removed from
/// the requests of clients. The X-Forwarded-For of a trusted proxy is appended to; its other headers are kept. A
/// <c>Forwarded</c> of the balancer is sent if that is configured. X-Forwarded, Forwarded or RequestHeaderOriginalHost
/// in a route replace these defaults; X-Real-IP is set in any case.</para>
/// <para>These transforms run before those of the route, which can therefore change or remove the headers.</para>
/// </remarks>
/// <param name="trusted">The peers whose forwarding headers are kept.</param>
/// <param name="options">Further names of headers to remove, and whether <c>Forwarded</c> is sent.</param>
/// <param name="isRingCluster">Whether a cluster is placed by the ring.</param>
/// <param name="isUserKey">Whether user ids of a cluster are read from a header.</param>
internal sealed class ForwardedHeaders(
    Func<TrustedProxies> trusted,
    Func<ForwardingOptions> options,
    Func<string, bool> isRingCluster,
    Func<string, string, bool> isUserKey)
    : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // There is nothing to validate.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // There is nothing to validate.
    }

    public void Apply(TransformBuilderContext context)
    {
        if (context.Route.ClusterId is not { } cluster || !isRingCluster(cluster))
        {
            return;
        }

        var position = 0;
        context.RequestTransforms.Insert(position++, new HopByHopTransform());
        if (!context.RequestTransforms.OfType<RequestHeaderOriginalHostTransform>().Any())
        {
            context.RequestTransforms.Insert(position++, new RequestFuncTransform(KeepHost));
            context.AddOriginalHost();
        }

        var isOurs = context.UseDefaultForwarders ?? true;
        context.RequestTransforms.Insert(position++, new ForwardingHeaderFilter(
            trusted, options, keepsOwn: !isOurs, name => isUserKey(cluster, name)));
        if (isOurs)
        {
            context.UseDefaultForwarders = false;
            context.RequestTransforms.Insert(position++, new RequestFuncTransform(Forward));
        }

        context.RequestTransforms.Insert(position, new RequestFuncTransform(SetRealAddress));
    }

    // YARP ignores the Host that is configured for a node if the client's Host is kept; the configured one must have
    // precedence.
    private static ValueTask KeepHost(RequestTransformContext context)
    {
        var node = context.HttpContext.Features.Get<IReverseProxyFeature>()?.ProxiedDestination;
        if (node?.Model.Config.Host is { Length: > 0 } host)
        {
            context.ProxyRequest.Headers.Host = host;
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Forward(RequestTransformContext context)
    {
        var request = context.HttpContext.Request;
        var peer = context.HttpContext.Connection.RemoteIpAddress;
        var received = peer is not null && trusted().Contains(peer) ? request.Headers : null;
        var address = peer is null ? null : ClientAddress.Unmap(peer).ToString();

        Set(context, "X-Forwarded-For", StringValues.Concat(received?["X-Forwarded-For"] ?? default, address));
        SetUnless(received, context, "X-Forwarded-Proto", request.Scheme);
        SetUnless(received, context, "X-Forwarded-Host", request.Host.ToUriComponent());
        SetUnless(received, context, "X-Forwarded-Prefix", request.PathBase.ToUriComponent());
        if (options().SendForwarded)
        {
            var element = ForwardedElement.Create(
                peer is null ? null : ClientAddress.Unmap(peer), request.Host.ToUriComponent(), request.Scheme);
            Set(context, "Forwarded", StringValues.Concat(received?["Forwarded"] ?? default, element));
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask SetRealAddress(RequestTransformContext context)
    {
        Set(context, "X-Real-IP", ClientAddress.Of(context.HttpContext, trusted())?.ToString());
        return ValueTask.CompletedTask;
    }

    private static void SetUnless(
        IHeaderDictionary? received, RequestTransformContext context, string name, string ours)
    {
        var theirs = received?[name] ?? default;
        Set(context, name, StringValues.IsNullOrEmpty(theirs) ? new StringValues(ours) : theirs);
    }

    private static void Set(RequestTransformContext context, string name, StringValues value)
    {
        RequestTransform.RemoveHeader(context, name);
        if (!StringValues.IsNullOrEmpty(value))
        {
            RequestTransform.AddHeader(context, name, value);
        }
    }
}
