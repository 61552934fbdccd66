namespace WsBalancer.Cli.Tests;

/// <summary>A request as it was sent.</summary>
internal sealed record StubRequest(string Method, string Target, string Body, string IfMatch, string LastEventId)
{
    /// <summary>Method and target, with the epoch of If-Match if there is one: <c>DELETE /x if "7"</c>.</summary>
    public override string ToString() => IfMatch.Length is 0 ? $"{Method} {Target}" : $"{Method} {Target} if {IfMatch}";
}
