using System.Text;

namespace WsBalancer.HashRing;

/// <summary>
/// UTF-8 of texts that must be well-formed: node ids and seeds, whose bytes must be equal in every balancer.
/// </summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding Encoding =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes of the text, or null if it has a surrogate without its other half.</summary>
    public static byte[]? TryEncode(string text)
    {
        try
        {
            return Encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
