using System.Text;
using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>A line of the state file that is not JSON. The part before the damage is read.</summary>
internal static class DamagedLine
{
    // A line is an array of entries, an entry has a record, and the record has names.
    private const int DepthInRecord = 3;

    /// <summary>The damaged records: those whose keys are before the damage, or one without a key.</summary>
    /// <param name="position">The position in the file of the line's first record, from 1.</param>
    /// <param name="line">The line.</param>
    /// <param name="mistake">Why the line is not JSON.</param>
    public static IReadOnlyList<DamagedEntry> Read(int position, ReadOnlySpan<byte> line, string mistake)
    {
        var raw = Encoding.UTF8.GetString(line);
        var keys = KeysIn(line);
        return keys.Count == 0
            ? [new DamagedEntry(position, null, 0, raw, mistake)]
            : [.. keys.Select((key, i) => new DamagedEntry(position + i, key, 0, raw, mistake))];
    }

    private static List<StateKey> KeysIn(ReadOnlySpan<byte> line)
    {
        var keys = new List<StateKey>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            // The last token may be incomplete, so this is not the final block.
            var json = new Utf8JsonReader(line, isFinalBlock: false, default);
            string? name = null;
            while (json.Read())
            {
                if (json.CurrentDepth < DepthInRecord)
                {
                    names.Clear();
                }
                else if (json.TokenType is JsonTokenType.PropertyName && json.CurrentDepth == DepthInRecord)
                {
                    name = json.GetString();
                }
                else if (json.TokenType is JsonTokenType.String && json.CurrentDepth == DepthInRecord
                    && name is not null && json.GetString() is { } text && names.TryAdd(name, text)
                    && KeyOf(names) is { } key && !keys.Contains(key))
                {
                    keys.Add(key);
                }
            }
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            // The reader is at the damage, or at a text that is not valid Unicode.
            return keys;
        }

        return keys;
    }

    private static StateKey? KeyOf(Dictionary<string, string> names) =>
        names.TryGetValue("cluster", out var cluster)
        && names.TryGetValue("node", out var node)
        && names.TryGetValue("kind", out var kind)
        && Enum.TryParse<StateKind>(kind, ignoreCase: true, out var known)
            ? StateKey.Of(cluster, known, node)
            : null;
}
