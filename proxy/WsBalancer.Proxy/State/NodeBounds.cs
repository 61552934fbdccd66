using System.Text;
using System.Text.RegularExpressions;
using WsBalancer.HashRing;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The form of a node's id, address, weight and ring key: the same in the configuration, in the admin API, in
/// registrations and in records.
/// </summary>
internal static partial class NodeBounds
{
    public const string ExpectedId = "letters, digits, '.', '_' and '-', and at most 253 of them";
    public const string ExpectedAddress = "http://HOST:PORT/ or https://HOST:PORT/";

    public static readonly string ExpectedWeight = $"a whole number from 0 to {RingNode.MaxWeight}";
    public static readonly string ExpectedRingKey =
        $"1 to {RingNode.MaxNameBytes} bytes without control characters";

    private const int LongestAddress = 2_048;

    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    // The address may have a path, which YARP puts before the path of the request. A user, a query or a fragment is not
    // allowed: YARP joins the two texts.
    public static bool IsAddress(string? text) =>
        text is { Length: <= LongestAddress }
        && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '?' or '#' or '\\')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0 };

    public static bool IsWeight(int weight) => weight is >= 0 and <= RingNode.MaxWeight;

    public static bool IsRingKey(string key) =>
        key.Length > 0 && !key.Any(char.IsControl) && Encoding.UTF8.GetByteCount(key) <= RingNode.MaxNameBytes;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,253}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
