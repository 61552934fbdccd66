namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>
/// Cases that go otherwise here, each with what holds it back. proxy/TRANSPARENCY.md lists them; one that goes as
/// stated must leave this list.
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
        ["Body: trailers of a request"] = "YARP does not forward them, nor does nginx.",
        ["Host: with an empty port"] = "Kestrel refuses it, so that the colon is left out.",
    };

    /// <summary>Why a case goes otherwise; null if it does not.</summary>
    public static string? Of(string name) => ByName.GetValueOrDefault(name);
}
