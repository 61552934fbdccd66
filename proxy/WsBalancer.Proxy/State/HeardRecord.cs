using System.Text.Json;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>What stands in Redis for one key: a record, or something that is none.</summary>
/// <param name="Raw">As it stands there.</param>
/// <param name="Record">The record; null if it cannot be read.</param>
/// <param name="Version">Its version, if at least that can be read.</param>
/// <param name="Mistake">Why it cannot be read.</param>
internal sealed record HeardRecord(RedisValue Raw, StateRecord? Record, StateVersion? Version, string? Mistake)
{
    public static HeardRecord Read(string field, RedisValue raw)
    {
        try
        {
            var record = StateJson.Read(raw.ToString());
            return record.Key.ToString() == field
                ? new HeardRecord(raw, record, record.Version, null)
                : throw new JsonException($"it is the record of {record.Key}");
        }
        catch (JsonException ex)
        {
            return new HeardRecord(raw, null, VersionOf(raw.ToString()), ex.Message);
        }
    }

    /// <summary>Whether a record of ours must take its place.</summary>
    // What a later program wrote, and this one cannot read, stays for those that can.
    public bool GivesWayTo(StateRecord ours) => Record is not null
        ? ours.IsNewerThan(Record)
        : Version is not { } version || ours.Version.CompareTo(version) > 0;

    private static StateVersion? VersionOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("number", out var number) && number.ValueKind is JsonValueKind.Number
                && number.TryGetInt64(out var value) && value is >= 1 and <= StateJson.HighestNumber
                && root.TryGetProperty("writer", out var writer) && writer.ValueKind is JsonValueKind.String
                ? new StateVersion(value, writer.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            // Not even that: whoever has a record puts it there.
            return null;
        }
    }
}
