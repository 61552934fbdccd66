using System.Text.Json;

namespace WsBalancer.Proxy.Admission;

/// <summary>Writes problem details (RFC 9457) with the reason as an extension member.</summary>
internal static class ProblemBody
{
    public const string ContentType = "application/problem+json";

    public static ReadOnlyMemory<byte> Write(string reason, int status, string title, string detail)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("title"u8, title);
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, detail);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
