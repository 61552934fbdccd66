using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>One call of the admin API.</summary>
/// <remarks>
/// <c>IfEpoch</c> is the epoch of the fleet that the caller has seen; the call fails if it is another one by now.
/// </remarks>
internal sealed record AdminCall(HttpMethod Method, string Path, JsonObject? Body = null, long? IfEpoch = null)
{
    /// <summary>How long the answer may take; null for as long as that of any call.</summary>
    public TimeSpan? Timeout { get; init; }
}
