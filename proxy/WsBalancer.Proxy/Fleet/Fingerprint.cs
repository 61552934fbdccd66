using WsBalancer.HashRing;

namespace WsBalancer.Proxy.Fleet;

/// <summary>A ring's fingerprint as text, for people and for other balancers.</summary>
internal static class Fingerprint
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static string Text(RingBlend ring) => ring.Fingerprint.ToString("x32", null);
}
