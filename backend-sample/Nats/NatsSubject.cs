using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.BackendSample.Nats;

/// <summary>The NATS subject of a channel: <c>ws.room.lobby</c> for <c>room:lobby</c>.</summary>
/// <remarks>
/// Letters, digits, <c>-</c> and <c>_</c> remain; each other byte of a name is <c>=</c> and two digits. A long name is
/// replaced by its hash, because a server limits the length of a subject.
/// </remarks>
internal static class NatsSubject
{
    /// <summary>Less than a quarter of the 4,096 bytes of a line of the protocol.</summary>
    private const int MaxLength = 1000;

    public static string Of(string channel)
    {
        var colon = channel.IndexOf(':');
        var name = Encoding.UTF8.GetBytes(channel[(colon + 1)..]);
        var kind = colon < 0 ? "channel" : channel[..colon];
        var escaped = Escape(name);

        // An escape never begins with "=s", so that no name has the subject of a hash.
        return escaped.Length <= MaxLength
            ? $"ws.{kind}.{escaped}"
            : $"ws.{kind}.=sha256-{Convert.ToHexStringLower(SHA256.HashData(name))}";
    }

    private static string Escape(byte[] name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'-' or (byte)'_')
            {
                text.Append((char)letter);
            }
            else
            {
                text.Append('=').Append(Convert.ToHexString([letter]));
            }
        }

        return text.ToString();
    }
}
