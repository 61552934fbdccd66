using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The span of the placing of a handshake or a request, from the source <c>WsBalancer</c>. The span of a handshake ends
/// when its tunnel is open. Exists only if the source has a listener, and is a feature of the request until its end.
/// </summary>
internal sealed class PlacementSpan : IDisposable
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private static readonly ActivitySource Source = new(BalancerMeter.Name, ProductVersion.Text);

    private readonly Activity _activity;
    private readonly HttpContext _context;
    private string? _outcome;
    private string? _error;

    private PlacementSpan(Activity activity, HttpContext context)
    {
        _activity = activity;
        _context = context;
        context.Features.Set(this);
    }

    /// <summary>Begins a span; null without a listener, or if the listeners do not sample it.</summary>
    /// <param name="name">The name, without user ids and paths: there are only a few names.</param>
    /// <param name="context">The request.</param>
    /// <param name="cluster">The cluster.</param>
    public static PlacementSpan? Start(string name, HttpContext context, string cluster)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var tags = new TagList { { "wsbalancer.cluster", cluster }, { "http.request.method", context.Request.Method } };
        return Source.StartActivity(name, ActivityKind.Client, ParentOf(context), tags) is { } activity
            ? new PlacementSpan(activity, context)
            : null;
    }

    /// <summary>Makes the span the parent of the spans that the node records for the attempt.</summary>
    public void Propagate(HttpRequestMessage request) =>
        DistributedContextPropagator.Current.Inject(_activity, request, static (carrier, name, value) =>
        {
            // A tracestate belongs to its traceparent: when the client's traceparent is replaced, its tracestate is
            // removed.
            var headers = CallbackState.Of<HttpRequestMessage>(carrier).Headers;
            if (name == TraceParent)
            {
                headers.Remove(TraceState);
            }

            if (name is TraceParent or TraceState)
            {
                headers.Remove(name);
            }

            if (!headers.NonValidated.Contains(name))
            {
                headers.TryAddWithoutValidation(name, value);
            }
        });

    /// <summary>An attempt failed.</summary>
    public void AttemptFailed(Node node, AttemptOutcome failure)
    {
        if (_activity.IsAllDataRequested)
        {
            var label = PlacementMetrics.OutcomeOf(failure);
            _error = label;
            _activity.AddEvent(new ActivityEvent(
                "wsbalancer.attempt_failed",
                tags: new ActivityTagsCollection { { "wsbalancer.node", node.Id }, { "error.type", label } }));
        }
    }

    /// <summary>The request was rejected by the balancer.</summary>
    public void Rejected(Rejection rejection) => (_outcome, _error) = ("rejected", rejection.Label);

    /// <summary>The request has an outcome that is no error of the node or the balancer.</summary>
    public void Completed(string outcome) => (_outcome, _error) = (outcome, null);

    /// <summary>Ends the span. Only the first call has an effect.</summary>
    public void Dispose()
    {
        if (_activity.IsStopped)
        {
            return;
        }

        if (_activity.IsAllDataRequested)
        {
            Describe(_context.Features.Get<PlacedRequest>());
        }

        _activity.Dispose();
        _context.Features.Set<PlacementSpan>(null);
    }

    // The default is the current span, which is the server's. If no listener records that span, since it exists for
    // logs only, the parent is the client's span: with a missing parent the trace would end.
    private static ActivityContext ParentOf(HttpContext context)
    {
        if (Activity.Current is { } current && current.Source.HasListeners())
        {
            return default;
        }

        var headers = context.Request.Headers;
        return ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent)
            ? parent
            : default;
    }

    private void Describe(PlacedRequest? placed)
    {
        if (placed?.Node is { } node)
        {
            _activity.SetTag("wsbalancer.node", node.Id);
            if (Uri.TryCreate(node.Address, UriKind.Absolute, out var address))
            {
                _activity.SetTag("server.address", address.IdnHost);
                _activity.SetTag("server.port", address.Port);
            }
        }

        var attempts = placed?.Attempts ?? 0;
        _activity.SetTag("wsbalancer.attempts", attempts);
        if (attempts > 1)
        {
            _activity.SetTag("http.request.resend_count", attempts - 1);
        }

        if (placed?.Answer is { } status)
        {
            _activity.SetTag("http.response.status_code", status);
        }

        _activity.SetTag("wsbalancer.outcome", _outcome ?? "failed");
        if (_outcome is null || _error is not null)
        {
            _activity.SetTag("error.type", _error ?? "failed");
            _activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
