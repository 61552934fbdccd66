using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>Reads a state file record by record, and collects the damaged ones.</summary>
internal sealed class StateFileReader
{
    private const byte LineEnd = (byte)'\n';

    private readonly Dictionary<StateKey, StateEntry> _entries = [];
    private readonly List<DamagedEntry> _damaged = [];
    private SeenVersions _seen = SeenVersions.None;
    private SeenVersions _floor = SeenVersions.None;
    private bool _isCut;
    private int _missing;
    private int _position;

    private StateFileReader()
    {
    }

    /// <exception cref="JsonException">The file is not a state file; the message has the reason.</exception>
    /// <exception cref="InvalidOperationException">
    /// The file is not a state file: a name in it is not valid Unicode.
    /// </exception>
    /// <exception cref="StateFileException">The file is of another version of the program.</exception>
    public static StateFileContent Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var json = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowMultipleValues = true });
        using var document = JsonDocument.ParseValue(ref json);
        var reader = new StateFileReader();
        var rest = bytes.AsMemory((int)json.BytesConsumed);
        if (VersionOf(path, document.RootElement) == 1)
        {
            reader.ReadFirstForm(document.RootElement, rest);
        }
        else
        {
            reader.ReadLines(document.RootElement, rest);
        }

        return reader.Content();
    }

    // The file of a later version is not damaged, and must be neither set aside nor written over.
    private static int VersionOf(string path, JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("version", out var version))
        {
            throw new JsonException("it is not an object with a version");
        }

        return version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number is 1 or 2
            ? version.GetInt32()
            : throw new StateFileException(
                $"The state file '{path}' has version {RecordText.Of(version.GetRawText())}, and this program reads "
                + "versions 1 and 2: run the program that wrote it, or remove it and its .bak to start afresh.");
    }

    // Version 1 of the form: one object with every record, which was always replaced as a whole.
    private void ReadFirstForm(JsonElement root, ReadOnlyMemory<byte> rest)
    {
        if (root.EnumerateObject().Count() != 2 || !root.TryGetProperty("records", out var records)
            || records.ValueKind is not JsonValueKind.Array || !rest.Span.Trim(" \r\n\t"u8).IsEmpty)
        {
            throw new JsonException("it is not an object with version and records and nothing else");
        }

        foreach (var element in records.EnumerateArray())
        {
            ReadEntry(element, isLog: false);
        }
    }

    private void ReadLines(JsonElement root, ReadOnlyMemory<byte> rest)
    {
        var head = root.Deserialize(StateJsonContext.Default.WrittenHead)
            ?? throw new JsonException("null is not its first line");
        _seen = SeenVersions.Of(head.Seen) ?? throw new JsonException("its seen is not a number for each balancer");
        _floor = SeenVersions.Of(head.Floor) ?? throw new JsonException("its floor is not a number for each balancer");
        var lines = 0;
        for (rest = AfterLine(rest); rest.Length > 0; rest = AfterLine(rest), lines++)
        {
            var end = rest.Span.IndexOf(LineEnd);
            if (end < 0)
            {
                _isCut = true;
                break;
            }

            ReadLine(rest[..end]);
        }

        // The first line has the number of lines at the rename of the file into its place; a crash can only lose later
        // lines.
        _missing = Math.Max(0, head.Records - lines);
    }

    private static ReadOnlyMemory<byte> AfterLine(ReadOnlyMemory<byte> rest) =>
        rest[(rest.Span.IndexOf(LineEnd) + 1)..];

    private void ReadLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind is not JsonValueKind.Array)
            {
                throw new JsonException("it is not an array of records");
            }

            foreach (var element in document.RootElement.EnumerateArray())
            {
                ReadEntry(element, isLog: true);
            }
        }
        catch (JsonException ex)
        {
            var damaged = DamagedLine.Read(_position + 1, line.Span, ex.Message);
            _damaged.AddRange(damaged);
            _position += damaged.Count;
        }
    }

    private void ReadEntry(JsonElement element, bool isLog)
    {
        _position++;
        try
        {
            var written = element.Deserialize(StateJsonContext.Default.WrittenEntry)
                ?? throw new JsonException("null is not a record");
            var entry = new StateEntry(StateJson.FromWritten(written.Record), written.Status);
            if (!isLog && _entries.TryGetValue(entry.Record.Key, out var other))
            {
                _damaged.Add(DamagedEntry.Of(_position, element, "its key is there twice: the newer record is used"));
                entry = entry.Record.IsNewerThan(other.Record) ? entry : other;
            }

            _entries[entry.Record.Key] = entry;
        }
        catch (JsonException ex)
        {
            _damaged.Add(DamagedEntry.Of(_position, element, ex.Message));
        }
    }

    // If records are damaged, the versions seen and the floor are dropped: this balancer lacks some of those versions,
    // and must not treat other balancers that have the records as old copies.
    private StateFileContent Content() => _damaged.Count == 0 && _missing == 0
        ? new StateFileContent([.. _entries.Values], [], _seen, _floor) { IsCut = _isCut }
        : StateFileContent.Empty with { Entries = [.. _entries.Values], Damaged = _damaged, Missing = _missing };
}
