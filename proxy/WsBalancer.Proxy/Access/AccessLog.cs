using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Prometheus;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Access;

/// <summary>
/// Collects the lines of the access log: one for the end of each tunnel, and one for each refusal. No method waits or
/// writes: a line is put into a queue, or dropped and counted if the queue is full. Thread-safe.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Func<AccessLogOptions> _options;
    private readonly Func<TrustedProxies> _trusted;
    private readonly TimeProvider _time;
    private readonly Counter _dropped;
    private readonly LineBudget _refusals;
    private readonly ConcurrentQueue<AccessEntry> _queue = new();
    private int _queued;

    public AccessLog(
        Func<AccessLogOptions> options, Func<TrustedProxies> trusted, BalancerRegistry registry, TimeProvider time)
    {
        _options = options;
        _trusted = trusted;
        _time = time;
        _dropped = registry.CreateCounter(
            "wsbalancer_access_log_dropped_total",
            "Lines of the access log that were not written, by cause.",
            "cause");
        foreach (var cause in (string[])[DropCause.Queue, DropCause.Rate, DropCause.Write])
        {
            _dropped.WithLabels(cause);
        }

        _refusals = new LineBudget(time, Second, static _ => { });
    }

    /// <summary>Describes the handshake of a tunnel for operators, and for the line of the tunnel.</summary>
    /// <param name="context">The handshake.</param>
    /// <param name="attempts">The attempts of the handshake to reach a node.</param>
    /// <param name="handshake">How long the handshake took.</param>
    public TunnelOrigin OriginOf(HttpContext context, AttemptTimes attempts, TimeSpan handshake)
    {
        var options = _options();
        var isLogged = !options.IsOff && (options.Sample >= 1 || Random.Shared.NextDouble() < options.Sample);
        return new TunnelOrigin(
            ClientAddress.Of(context, _trusted()),
            RequestFields.PathOf(context.Features.Get<IHttpRequestFeature>()?.RawTarget),
            isLogged ? RequestFields.TraceOf(context.Request.Headers) : null,
            attempts,
            handshake,
            isLogged);
    }

    /// <summary>Adds the line of a tunnel that has ended.</summary>
    public void AddTunnel(Tunnel tunnel, TunnelEnd end)
    {
        if (tunnel.Origin is not { IsLogged: true } origin)
        {
            return;
        }

        var identity = tunnel.Identity;
        var isHttp2 = HttpProtocol.IsHttp2(identity.Protocol);
        Add(new AccessEntry
        {
            Time = _time.GetUtcNow(),
            Reason = TunnelEndLabel.Of(end),
            Status = isHttp2 ? StatusCodes.Status200OK : StatusCodes.Status101SwitchingProtocols,
            CloseCode = tunnel.EndCode,
            IsForced = tunnel.Forced,
            Cluster = identity.Node.Cluster,
            Node = identity.Node.Id,
            User = identity.User,
            Client = origin.Client,
            Method = isHttp2 ? HttpMethods.Connect : HttpMethods.Get,
            Path = origin.Path,
            Protocol = identity.Protocol,
            Via = tunnel.Flow.Path,
            Duration = tunnel.Age,
            Traffic = tunnel.Traffic,
            Attempts = origin.Attempts,
            Handshake = origin.Handshake,
            Tunnel = identity.Id,
            TraceId = origin.TraceId,
        });
    }

    /// <summary>Adds the line of a refused request or connection, within the configured rate.</summary>
    public void AddRefusal(AccessRefusal refusal)
    {
        var options = _options();
        if (options.IsOff)
        {
            return;
        }

        if (!_refusals.TryTake(options.RefusalsPerSecond, out _))
        {
            CountDropped(DropCause.Rate, 1);
            return;
        }

        var features = refusal.Request;
        var request = features?.Get<IHttpRequestFeature>();
        Add(new AccessEntry
        {
            Time = _time.GetUtcNow(),
            Reason = refusal.Reason,
            Status = refusal.Status,
            Cluster = refusal.Cluster is "" ? null : refusal.Cluster,
            Node = refusal.Node,
            User = refusal.User,
            Client = features is null ? null : ClientAddress.Of(new DefaultHttpContext(features), _trusted()),
            Method = request?.Method is { Length: > 0 } method ? method : null,
            Path = RequestFields.PathOf(request?.RawTarget) is { Length: > 0 } path ? path : null,
            Protocol = request?.Protocol is { Length: > 0 } protocol ? protocol : null,
            Attempts = refusal.Attempts,
            TraceId = request is null ? null : RequestFields.TraceOf(request.Headers),
        });
    }

    /// <summary>Takes the oldest line out of the queue.</summary>
    public bool TryTake([NotNullWhen(true)] out AccessEntry? entry)
    {
        if (!_queue.TryDequeue(out entry))
        {
            return false;
        }

        Interlocked.Decrement(ref _queued);
        return true;
    }

    /// <summary>Counts lines that are not written.</summary>
    public void CountDropped(string cause, int lines) => _dropped.WithLabels(cause).Inc(lines);

    public void Dispose() => _refusals.Dispose();

    private void Add(AccessEntry entry)
    {
        if (Interlocked.Increment(ref _queued) > _options().MaxQueued)
        {
            Interlocked.Decrement(ref _queued);
            CountDropped(DropCause.Queue, 1);
            return;
        }

        _queue.Enqueue(entry);
    }
}

/// <summary>The published causes for which a line is dropped.</summary>
internal static class DropCause
{
    public const string Queue = "queue";
    public const string Rate = "rate";
    public const string Write = "write";
}

/// <summary>A refused request or connection, from which a line of the log is made.</summary>
/// <param name="Reason">The label of the reason.</param>
/// <param name="Status">The status of the response; null if there was none.</param>
/// <param name="Cluster">The cluster; empty if the request has no route.</param>
/// <param name="Request">The request; null for a connection without one.</param>
/// <param name="Node">The node of the last attempt; null without one.</param>
/// <param name="User">The user id; null if it is not known.</param>
/// <param name="Attempts">The attempts to reach a node.</param>
internal readonly record struct AccessRefusal(
    string Reason,
    int? Status,
    string Cluster,
    IFeatureCollection? Request,
    string? Node = null,
    string? User = null,
    AttemptTimes Attempts = default);
