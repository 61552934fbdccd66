using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement.Native;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// YARP's forwarder, with two changes for requests that were placed: each attempt is observed, and YARP's activity
/// timeout does not apply to tunnels, which may be silent without a limit.
/// </summary>
internal sealed class PlacedForwarder(
    IHttpForwarder inner,
    NativePath native,
    IClusterSettingsSource settings,
    PlacementMetrics metrics,
    TimeProvider time)
    : IHttpForwarder
{
    private readonly ConditionalWeakTable<ForwarderRequestConfig, ForwarderRequestConfig> _patient = [];

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context,
        string destinationPrefix,
        HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig,
        HttpTransformer transformer) =>
        SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, CancellationToken.None);

    public async ValueTask<ForwarderError> SendAsync(
        HttpContext context,
        string destinationPrefix,
        HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig,
        HttpTransformer transformer,
        CancellationToken cancellationToken)
    {
        if (context.Features.Get<PlacedRequest>() is not { Node: { } node } placed)
        {
            return await inner.SendAsync(
                context, destinationPrefix, httpClient, requestConfig, transformer, cancellationToken);
        }

        using var invoker = new PlacedInvoker(context, httpClient, native, settings, placed, node, metrics, time);
        var config = placed is Handshake ? WithoutActivityTimeout(requestConfig) : requestConfig;
        return await inner.SendAsync(context, destinationPrefix, invoker, config, transformer, cancellationToken);
    }

    private ForwarderRequestConfig WithoutActivityTimeout(ForwarderRequestConfig config) =>
        _patient.GetValue(config, static config => config with { ActivityTimeout = Timeout.InfiniteTimeSpan });
}
