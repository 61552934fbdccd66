using System.Text.Json;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>The value of one key in Redis: a record, or a value that is set aside.</summary>
/// <param name="Raw">The value as it was read.</param>
/// <param name="Record">The record; null if the value is not a record.</param>
/// <param name="Mistake">The reason why the value is not a record; null if it is one.</param>
internal sealed record RemoteRecord(RedisValue Raw, StateRecord? Record, string? Mistake)
{
    /// <summary>
    /// The number of a value that is set aside, if it can be read and is at most
    /// <see cref="StateVersion.HighestCounted"/>; else 0. A balancer of a later version may be able to read the value:
    /// the record that replaces the value must have a higher number, so that it is newer for that balancer too.
    /// </summary>
    public long Number { get; private init; }

    public static RemoteRecord Read(string field, RedisValue raw)
    {
        try
        {
            var record = StateJson.Read(raw.ToString());
            return record.Key.ToString() == field
                ? new RemoteRecord(raw, record, null)
                : throw new JsonException($"it is the record of {record.Key}");
        }
        catch (JsonException ex)
        {
            return new RemoteRecord(raw, null, ex.Message) { Number = NumberIn(raw.ToString()) };
        }
    }

    private static long NumberIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return StateJson.PartsOf(document.RootElement).Number;
        }
        catch (JsonException)
        {
            // The value is not JSON at all.
            return 0;
        }
    }
}
