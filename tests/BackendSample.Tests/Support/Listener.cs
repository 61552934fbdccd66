using System.Text;
using System.Text.Json;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A member that keeps the messages, each as its data, or as its type and position.</summary>
internal sealed class Listener : IAudienceMember
{
    public List<string> Received { get; } = [];

    /// <summary>Unlimited, unless the test sets a limit.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    public void Post(Delivery delivery) => Received.Add(Text(Encoding.UTF8.GetString(delivery.Bytes.Span)));

    private static string Text(string message)
    {
        if (!message.StartsWith('{'))
        {
            return message;
        }

        var json = JsonElement.Parse(message);
        return json.TryGetProperty("data", out var data)
            ? data.ToString()
            : $"{json.GetProperty("type")} {json.GetProperty("epoch")}:{json.GetProperty("offset")}";
    }
}
