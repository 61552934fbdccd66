using System.Text.Json;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>What stands in Redis for one key: a record, or something that is set aside.</summary>
/// <param name="Raw">As it stands there.</param>
/// <param name="Record">The record; null if it is none.</param>
/// <param name="Mistake">Why it is none.</param>
internal sealed record HeardRecord(RedisValue Raw, StateRecord? Record, string? Mistake)
{
    /// <summary>
    /// The number of what is set aside, if at least that can be read and may be counted on from; else 0. A balancer of
    /// a later version may read the record: what is written here in its place must be newer for that one, too.
    /// </summary>
    public long Number { get; private init; }

    public static HeardRecord Read(string field, RedisValue raw)
    {
        try
        {
            var record = StateJson.Read(raw.ToString());
            return record.Key.ToString() == field
                ? new HeardRecord(raw, record, null)
                : throw new JsonException($"it is the record of {record.Key}");
        }
        catch (JsonException ex)
        {
            return new HeardRecord(raw, null, ex.Message) { Number = NumberIn(raw.ToString()) };
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
            // Not even that.
            return 0;
        }
    }
}
