using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>What a state file holds: records, and what stands in the place of a record and is none.</summary>
/// <param name="Entries">The records, one of each key.</param>
/// <param name="Damaged">The others.</param>
internal sealed record StateFileContent(IReadOnlyList<StateEntry> Entries, IReadOnlyList<DamagedEntry> Damaged)
{
    /// <summary>The version of the form that is read and written.</summary>
    public const int Version = 1;

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
                return Read(file).Entries.Any(entry => entry.Record.Value is MemberValue
                    && string.Equals(entry.Record.Key.Cluster, cluster, StringComparison.OrdinalIgnoreCase));
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException
                or InvalidOperationException)
            {
                // What is wrong with it is for the start to say; here it only names no node.
                continue;
            }
        }

        return false;
    }

    /// <summary>Reads a state file, record by record.</summary>
    /// <exception cref="JsonException">It is no state file; the message says why.</exception>
    /// <exception cref="InvalidOperationException">The same: a name in it is half a character.</exception>
    /// <exception cref="StateFileException">It is of another version of the program.</exception>
    public static StateFileContent Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        DemandVersion(path, document.RootElement);
        var entries = new Dictionary<StateKey, StateEntry>();
        var damaged = new List<DamagedEntry>();
        var position = 0;
        foreach (var element in RecordsIn(document.RootElement).EnumerateArray())
        {
            position++;
            try
            {
                var entry = Read(element);
                if (entries.TryGetValue(entry.Record.Key, out var other))
                {
                    damaged.Add(DamagedEntry.Of(position, element, "its key is there twice: the newer record is used"));
                    entry = entry.Record.IsNewerThan(other.Record) ? entry : other;
                }

                entries[entry.Record.Key] = entry;
            }
            catch (JsonException ex)
            {
                damaged.Add(DamagedEntry.Of(position, element, ex.Message));
            }
        }

        return new StateFileContent([.. entries.Values], damaged);
    }

    private static StateEntry Read(JsonElement element)
    {
        var entry = element.Deserialize(StateJsonContext.Default.WrittenEntry)
            ?? throw new JsonException("null is not a record");
        return new StateEntry(StateJson.FromWritten(entry.Record), entry.Standing);
    }

    // Before all else: the file of a later version is not damaged, and must be neither set aside nor written over.
    private static void DemandVersion(string path, JsonElement root)
    {
        if (root.ValueKind is JsonValueKind.Object
            && root.TryGetProperty("version", out var version)
            && !(version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number == Version))
        {
            throw new StateFileException(
                $"The state file '{path}' has version {RecordText.Of(version.GetRawText())}, and this program reads "
                + $"version {Version}: run the program that wrote it, or remove it and its .bak to start afresh.");
        }
    }

    private static JsonElement RecordsIn(JsonElement root)
    {
        var isState = root.ValueKind is JsonValueKind.Object
            && root.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)
                .SequenceEqual(["records", "version"])
            && root.GetProperty("records").ValueKind is JsonValueKind.Array;
        return isState
            ? root.GetProperty("records")
            : throw new JsonException("it is not an object with a version and a list of records, and nothing else");
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
