namespace WsBalancer.Cli.Tests;

/// <summary>A request as it came over the wire.</summary>
internal sealed record StubRequest(string Method, string Target, string Body, string IfMatch, string LastEventId)
{
    /// <summary>Method and target, with the epoch it is bound to if it is: <c>DELETE /x if "7"</c>.</summary>
    public override string ToString() => IfMatch.Length is 0 ? $"{Method} {Target}" : $"{Method} {Target} if {IfMatch}";
}
