namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>
/// Cases in which the balancer differs from the stated behaviour, each with the cause. proxy/TRANSPARENCY.md has the
/// same list. A case that passes must be removed.
/// </summary>
internal static class Differences
{
    private const string Reason = "Kestrel writes the reason phrase: its own if there is none, in ASCII.";

    private static readonly Dictionary<string, string> ByName = new()
    {
        ["101: with another reason"] = Reason,
        ["101: with an empty reason"] = Reason,
        ["Answer: a status without a reason"] = Reason,
        ["Answer: status 200 "] = Reason,
        ["Answer: status 200 caf\\xe9 \\xc3\\xa9"] = Reason,
        ["Body: trailers of a request"] = "Neither YARP nor nginx forwards the trailers of a request.",
        ["Host: with an empty port"] = "Kestrel refuses an empty port, so that the colon is left out.",
    };

    /// <summary>The cause of the difference; null if the case passes.</summary>
    public static string? Of(string name) => ByName.GetValueOrDefault(name);
}
