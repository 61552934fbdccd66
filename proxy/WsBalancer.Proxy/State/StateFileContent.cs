using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>The content of a state file: its records, and its damaged ones.</summary>
/// <param name="Entries">The records, one for each key.</param>
/// <param name="Damaged">The damaged records.</param>
/// <param name="Seen">The versions that were seen (<see cref="StateRecords.Seen"/>).</param>
/// <param name="Floor">The floor of the records (<see cref="StateRecords.Floor"/>).</param>
internal sealed record StateFileContent(
    IReadOnlyList<StateEntry> Entries, IReadOnlyList<DamagedEntry> Damaged, SeenVersions Seen, SeenVersions Floor)
{
    /// <summary>The version of the form that is written. Version 1, which is one JSON object, is read too.</summary>
    public const int Version = 2;

    /// <summary>The content of a balancer without decisions.</summary>
    public static StateFileContent Empty { get; } = new([], [], SeenVersions.None, SeenVersions.None);

    /// <summary>Whether the file ends within a line: a crash interrupted a change that was not confirmed.</summary>
    public bool IsCut { get; init; }

    /// <summary>
    /// The number of records that are missing at the end of the file; a crash of the machine does not cause that.
    /// </summary>
    public int Missing { get; init; }

    /// <summary>
    /// Whether a state file, or the previous one if it cannot be read, contains a node of a cluster: one that was added
    /// or registered itself. Reads the file itself, without a store and without its lock.
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
                // The start of the balancer reports the mistake; here such a file only contains no node.
                continue;
            }
        }

        return false;
    }
}

/// <summary>A damaged record of a state file.</summary>
/// <param name="Position">The position in the file, from 1.</param>
/// <param name="Key">The key; null if it cannot be read.</param>
/// <param name="Number">
/// The number, if it can be read and is at most <see cref="StateVersion.HighestCounted"/>; else 0.
/// </param>
/// <param name="Raw">The text in the file.</param>
/// <param name="Mistake">The reason why the text is not a record.</param>
internal sealed record DamagedEntry(int Position, StateKey? Key, long Number, string Raw, string Mistake)
{
    public static DamagedEntry Of(int position, JsonElement element, string mistake)
    {
        var (key, number) = StateJson.PartsOf(element, "record");
        return new DamagedEntry(position, key, number, element.GetRawText(), mistake);
    }
}
