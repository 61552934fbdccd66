using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>A request that is being placed: the parameters and the results of its current attempt.</summary>
internal abstract class PlacedRequest
{
    /// <summary>
    /// The key under which the code that connects to the node finds the request, to set <see cref="ConnectTime"/>.
    /// </summary>
    public static readonly HttpRequestOptionsKey<PlacedRequest> Key = new(nameof(PlacedRequest));

    /// <summary>The user id; null without one.</summary>
    public string? User { get; init; }

    /// <summary>The node of the current attempt.</summary>
    public Node? Node { get; private set; }

    /// <summary>The number of attempts, the current one included.</summary>
    public int Attempts { get; private set; }

    /// <summary>The status of the node's response to the attempt; null without a response.</summary>
    public int? Answer { get; private set; }

    /// <summary>How long the connect to the node took; null if there was none.</summary>
    public TimeSpan? ConnectTime { get; set; }

    /// <summary>
    /// The time from the start of the attempt to the head of the node's response, the connect included.
    /// </summary>
    public TimeSpan? AnswerTime { get; set; }

    /// <summary>The attempts, with the times of the last one.</summary>
    public AttemptTimes Times => new(Attempts, ConnectTime, AnswerTime - (ConnectTime ?? TimeSpan.Zero));

    /// <summary>Whether the node's response opens a tunnel.</summary>
    public bool IsUpgraded { get; protected set; }

    /// <summary>How long the node may take to respond to the attempt; null leaves the limit to YARP.</summary>
    public TimeSpan? AttemptTimeout { get; private set; }

    /// <summary>Statuses for which a response is not forwarded, and another node is tried.</summary>
    public IReadOnlyList<int> RetryOn { get; private set; } = [];

    /// <summary>
    /// Whether the request can be sent to another node, so that an announcement of a drain is not forwarded.
    /// </summary>
    public abstract bool CanRetry { get; }

    public void Begin(Node node, TimeSpan? timeout, IReadOnlyList<int>? retryOn = null)
    {
        RetryOn = retryOn ?? [];
        Node = node;
        Attempts++;
        AttemptTimeout = timeout;
        Answer = null;
        ConnectTime = null;
        AnswerTime = null;
        IsUpgraded = false;
    }

    /// <summary>Called before the request is sent, after all transforms.</summary>
    public virtual void Sending(HttpRequestMessage request)
    {
    }

    /// <summary>Called when the node has responded. May replace the content of the response.</summary>
    /// <exception cref="HttpRequestException">The response is not valid for this request.</exception>
    public virtual void Answered(HttpRequestMessage request, HttpResponseMessage response) =>
        Answer = (int)response.StatusCode;
}
