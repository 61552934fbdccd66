using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace WsBalancer.Proxy.Http;

/// <summary>
/// The encoding of the header values of requests. The values for a node are encoded as the server decoded them, so that
/// the node receives the bytes that the client sent.
/// </summary>
internal sealed class HeaderEncoding
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Func<string, Encoding?> _selector;

    /// <param name="selector">The server's selector, which returns null for UTF-8.</param>
    public HeaderEncoding(Func<string, Encoding?> selector) => _selector = selector;

    public HeaderEncoding(IOptions<KestrelServerOptions> server)
        : this(server.Value.RequestHeaderEncodingSelector)
    {
    }

    /// <summary>The encoding of a header's values.</summary>
    /// <remarks>Values that the server decodes as Latin-1 have one character for each byte.</remarks>
    public Encoding Of(string name) => _selector(name) switch
    {
        null => Encoding.UTF8,
        var encoding when encoding.CodePage == Encoding.Latin1.CodePage => ByteHeaderEncoding.Instance,
        var encoding => encoding,
    };

    /// <summary>
    /// Decodes a value as UTF-8. A value that is not UTF-8 is returned unchanged.
    /// </summary>
    /// <param name="name">The name of the header.</param>
    /// <param name="value">The value, or a part of it, as the server decoded it.</param>
    public string TextOf(string name, string value)
    {
        if (Ascii.IsValid(value) || Of(name) != ByteHeaderEncoding.Instance)
        {
            return value;
        }

        try
        {
            return Strict.GetString(ByteHeaderEncoding.Instance.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }
}
