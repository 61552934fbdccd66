using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>What a state file holds: records, and what stands in the place of a record and is none.</summary>
/// <param name="Entries">The records, one of each key.</param>
/// <param name="Damaged">The others.</param>
/// <param name="Seen">The versions that were seen (<see cref="StateRecords.Seen"/>).</param>
/// <param name="Floor">The floor of the records (<see cref="StateRecords.Floor"/>).</param>
internal sealed record StateFileContent(
    IReadOnlyList<StateEntry> Entries, IReadOnlyList<DamagedEntry> Damaged, SeenVersions Seen, SeenVersions Floor)
{
    /// <summary>The version of the form that is written. Version 1, which is one JSON object, is read too.</summary>
    public const int Version = 2;

    /// <summary>That of a balancer that keeps nothing.</summary>
    public static StateFileContent Empty { get; } = new([], [], SeenVersions.None, SeenVersions.None);

    /// <summary>Whether the file ends within a line: a crash interrupted a change that was not confirmed.</summary>
    public bool IsCut { get; init; }

    /// <summary>How many records are missing at its end: more than a crash can take.</summary>
    public int Missing { get; init; }

    /// <summary>
    /// Whether a state file that nobody reads now, or the one before it, has a node for a cluster: one that was added,
    /// or that has registered itself.
    /// </summary>
    public static bool HasNodeOf(string cluster, string path)
    {
        foreach (var file in (string[])[path, path + ".bak"])
        {
            try
            {
                return StateFileReader.Read(file).Entries.Any(entry => entry.Record.Value is MemberValue
                    && string.Equals(entry.Record.Key.Cluster, cluster, StringComparison.OrdinalIgnoreCase));
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException
                or InvalidOperationException)
            {
                // The start reports the mistake; here it only names no node.
                continue;
            }
        }

        return false;
    }
}

/// <summary>What stands in a state file in the place of a record, and is none.</summary>
/// <param name="Position">Which one of the file, from 1.</param>
/// <param name="Key">Its key, if that can be read.</param>
/// <param name="Number">Its number, if that can be read and may be counted on from; else 0.</param>
/// <param name="Raw">As it stands there.</param>
/// <param name="Mistake">Why it is none.</param>
internal sealed record DamagedEntry(int Position, StateKey? Key, long Number, string Raw, string Mistake)
{
    public static DamagedEntry Of(int position, JsonElement element, string mistake)
    {
        var (key, number) = StateJson.PartsOf(element, "record");
        return new DamagedEntry(position, key, number, element.GetRawText(), mistake);
    }
}
