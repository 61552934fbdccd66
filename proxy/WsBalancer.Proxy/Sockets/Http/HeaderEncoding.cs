using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace WsBalancer.Proxy.Sockets.Http;

/// <summary>
/// How the text of a request's header values stands for bytes: toward a node they are written as the server read them
/// from the client, so that the node gets the same bytes.
/// </summary>
internal sealed class HeaderEncoding
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Func<string, Encoding?> _selector;

    /// <param name="selector">The server's: gives null where it reads UTF-8.</param>
    public HeaderEncoding(Func<string, Encoding?> selector) => _selector = selector;

    public HeaderEncoding(IOptions<KestrelServerOptions> server)
        : this(server.Value.RequestHeaderEncodingSelector)
    {
    }

    /// <summary>The encoding of a header's values.</summary>
    /// <remarks>A server that reads Latin-1 reads bytes, a character for each.</remarks>
    public Encoding Of(string name) => _selector(name) switch
    {
        null => Encoding.UTF8,
        var encoding when encoding.CodePage == Encoding.Latin1.CodePage => HeaderBytes.Instance,
        var encoding => encoding,
    };

    /// <summary>
    /// The text of a value for those who mean characters and not bytes: that of the UTF-8 it is, if it is any.
    /// </summary>
    /// <param name="name">The header.</param>
    /// <param name="value">Its value, or a part of it, as the server read it.</param>
    public string TextOf(string name, string value)
    {
        if (Ascii.IsValid(value) || Of(name) != HeaderBytes.Instance)
        {
            return value;
        }

        try
        {
            return Strict.GetString(HeaderBytes.Instance.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }
}
