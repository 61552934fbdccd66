using System.Security.Cryptography;

namespace WsBalancer.BackendSample.Channels;

/// <summary>Names of epochs: never the same twice.</summary>
internal static class Epoch
{
    private const int Bytes = 6;

    public static string Create() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
