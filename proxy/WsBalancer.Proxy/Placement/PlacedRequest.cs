using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// A request on its way to a node: what the forwarder finds out about an attempt, and what it must know.
/// </summary>
internal abstract class PlacedRequest
{
    /// <summary>For what connects to the node, to set <see cref="ConnectTime"/>.</summary>
    public static readonly HttpRequestOptionsKey<PlacedRequest> Key = new(nameof(PlacedRequest));

    /// <summary>The user id; null without one.</summary>
    public string? User { get; init; }

    /// <summary>The node of the attempt that is under way.</summary>
    public Node? Node { get; private set; }

    /// <summary>How many attempts there were, the one under way included.</summary>
    public int Attempts { get; private set; }

    /// <summary>The status that the node answered the attempt with; null while it has not.</summary>
    public int? Answer { get; private set; }

    /// <summary>How long the connect to the node took; null if there was none.</summary>
    public TimeSpan? ConnectTime { get; set; }

    /// <summary>From the sending of the attempt to the head of the node's answer, the connect included.</summary>
    public TimeSpan? AnswerTime { get; set; }

    /// <summary>The attempts, with the times of the last one.</summary>
    public AttemptTimes Times => new(Attempts, ConnectTime, AnswerTime - (ConnectTime ?? TimeSpan.Zero));

    /// <summary>Whether the node's answer opens a tunnel.</summary>
    public bool IsUpgraded { get; protected set; }

    /// <summary>How long the node has to answer the attempt; null leaves it to YARP.</summary>
    public TimeSpan? Patience { get; private set; }

    /// <summary>Statuses for which a response is not forwarded, and another node is tried.</summary>
    public IReadOnlyList<int> RetryOn { get; private set; } = [];

    /// <summary>Whether the request can be sent again, so that an announcement of a drain is not passed on.</summary>
    public abstract bool CanGoOn { get; }

    public void Begin(Node node, TimeSpan? patience, IReadOnlyList<int>? retryOn = null)
    {
        RetryOn = retryOn ?? [];
        Node = node;
        Attempts++;
        Patience = patience;
        Answer = null;
        ConnectTime = null;
        AnswerTime = null;
        IsUpgraded = false;
    }

    /// <summary>The request is about to be sent, with every transform applied.</summary>
    public virtual void Sending(HttpRequestMessage request)
    {
    }

    /// <summary>The node answered. May replace the content of the answer.</summary>
    /// <exception cref="HttpRequestException">The answer is none to this request.</exception>
    public virtual void Answered(HttpRequestMessage request, HttpResponseMessage response) =>
        Answer = (int)response.StatusCode;
}
