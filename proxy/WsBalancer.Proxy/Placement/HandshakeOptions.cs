using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Placement;

/// <summary>How a handshake finds its node. Bound from <c>WsBalancer:Clusters:C:Handshake</c>.</summary>
internal sealed record HandshakeOptions : IValidatableObject
{
    /// <summary>How long a connect to a node may take. Default: 1 s.</summary>
    // The kernel repeats a lost SYN after one second. A node that has not accepted by then is less likely to do so than
    // the next one of the order.
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a handshake may take in all, with every attempt. Default: 10 s.</summary>
    // A node that has taken the request has all of this time, since a login may take seconds. With RetryUnanswered an
    // attempt has half of the time that is left, the last one all of it.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many nodes are tried. Default: 3.</summary>
    [Range(1, 100)]
    public int Attempts { get; init; } = 3;

    /// <summary>
    /// Whether a handshake that a node has taken and does not answer is sent to the next node. Default: false.
    /// </summary>
    // Off, because the node may still process the handshake: a login or a session would be started twice.
    public bool RetryUnanswered { get; init; }

    /// <summary>Statuses of a node's answer with which a handshake is sent to the next node. Default: none.</summary>
    // None, because an answer is the node's decision about this user.
    [Range(400, 599)]
    public IReadOnlyList<int> RetryOn { get; init; } = [];

    /// <summary>Whether a handshake that a node has taken may be sent to another one.</summary>
    public bool RetriesTaken => RetryUnanswered || RetryOn.Count > 0;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (ConnectTimeout > Timeout)
        {
            yield return new ValidationResult(
                $"expected no more than {nameof(Timeout)}, which is {Timeout}", [nameof(ConnectTimeout)]);
        }
    }
}
