using System.Globalization;

namespace WsBalancer.Proxy.Framing;

/// <summary>Status codes of Close frames (RFC 6455 §7.4 and the registry that continues it).</summary>
internal static class CloseCode
{
    public const int GoingAway = 1001;
    public const int ServiceRestart = 1012;

    /// <summary>The codes that may be sent, for error messages.</summary>
    public const string Allowed = "1000 to 1003, 1007 to 1014 or 3000 to 4999";

    private static readonly string[] Registered =
        [.. Enumerable.Range(1000, 16).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>True if a frame may contain the code; 1005, 1006 and 1015 are never sent, 1004 is reserved.</summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014)
        or (>= 3000 and <= 4999);

    /// <summary>The label of a code in metrics: one of 20, although peers may send any code.</summary>
    /// <param name="code">Null if there is no Close frame, or if the frame has no code.</param>
    public static string LabelOf(int? code) => code switch
    {
        null => "none",
        >= 1000 and <= 1015 => Registered[code.Value - 1000],
        >= 3000 and <= 3999 => "3000-3999",
        >= 4000 and <= 4999 => "4000-4999",
        _ => "other",
    };
}
