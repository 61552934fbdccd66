using System.Text.RegularExpressions;
using WsBalancer.HashRing;

namespace WsBalancer.Proxy.Fleet;

/// <summary>What the id, the address and the weight of a node look like, whoever names them.</summary>
internal static partial class NodeForm
{
    public const string ExpectedId = "letters, digits, '.', '_' and '-', and at most 253 of them";
    public const string ExpectedAddress = "http://HOST:PORT/ or https://HOST:PORT/";

    public static readonly string ExpectedWeight = $"a whole number from 0 to {RingNode.MaxWeight}";

    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    public static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    public static bool IsWeight(int weight) => weight is >= 0 and <= RingNode.MaxWeight;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,253}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
