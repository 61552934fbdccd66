using System.Buffers;
using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Writes a state file: a first line with its version, then a line of JSON for each change. A change is appended, and
/// its line is whole or absent after a crash. Once half of the file is superseded, a new one is written beside it.
/// Not thread-safe.
/// </summary>
/// <param name="path">The path of the file.</param>
/// <param name="open">Opens files, for tests.</param>
internal sealed class StateLines(string path, Func<string, FileMode, FileStream>? open = null)
{
    // A rewrite of fewer lines is not worth its two renames.
    private const int FewLines = 200;

    // No buffer: a buffered stream would write once more when it is disposed of after a failure.
    private readonly Func<string, FileMode, FileStream> _open = open
        ?? ((file, mode) => new FileStream(file, mode, FileAccess.Write, FileShare.Read, bufferSize: 0));

    private readonly Dictionary<StateKey, StateEntry> _written = [];
    private SeenVersions _seen = SeenVersions.None;
    private SeenVersions _floor = SeenVersions.None;
    private int _lines;

    // The length of the file at the path, if its content is exactly what is noted as written; otherwise null.
    private long? _length;
    private long _lengthOfNext;

    /// <summary>Appends what has changed; when this returns true, a crash of the machine does not undo it.</summary>
    /// <returns>False if the file must be replaced; it has not been changed.</returns>
    /// <exception cref="IOException">The change could not be appended, and the file is unchanged.</exception>
    public bool TryAppend(StateFileContent content)
    {
        var changed = content.Entries.Where(entry => !IsWritten(entry)).ToList();
        if (_length is not { } length || !CanAppend(content, changed))
        {
            return false;
        }

        if (changed.Count == 0)
        {
            return true;
        }

        _length = null;
        using var file = _open(path, FileMode.Open);
        if (file.Length != length)
        {
            return false;
        }

        length = AppendTo(file, length, changed);
        Note(changed);
        (_length, _lines) = (length, _lines + 1);
        _seen = _seen.With(changed.Select(entry => entry.Record.Version));
        return true;
    }

    /// <summary>
    /// Writes a whole file beside the other one; when this returns, a crash of the machine does not undo it. Changes
    /// are appended to it after <see cref="Renamed"/> only.
    /// </summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Write(string next, StateFileContent content)
    {
        _length = null;
        var lines = new ArrayBufferWriter<byte>();
        var head = new WrittenHead(
            StateFileContent.Version, content.Entries.Count, content.Seen.ToNumbers(), content.Floor.ToNumbers());
        lines.Write(JsonSerializer.SerializeToUtf8Bytes(head, StateJsonContext.Default.WrittenHead));
        lines.Write("\n"u8);
        foreach (var entry in content.Entries)
        {
            WriteLine(lines, [entry]);
        }

        using var file = _open(next, FileMode.Create);
        file.Write(lines.WrittenSpan);
        file.Flush(flushToDisk: true);
        (_seen, _floor, _lines) = (content.Seen, content.Floor, content.Entries.Count);
        _written.Clear();
        Note(content.Entries);
        _lengthOfNext = lines.WrittenCount;
    }

    /// <summary>Notes that the file that was written last is at the path now.</summary>
    public void Renamed() => _length = _lengthOfNext;

    private bool IsWritten(StateEntry entry) => _written.TryGetValue(entry.Record.Key, out var written)
        && written.Status == entry.Status && written.Record == entry.Record;

    // The removal of a record, a new floor, and versions of records that are not here have no line of their own.
    private bool CanAppend(StateFileContent content, List<StateEntry> changed)
    {
        var added = changed.Count(entry => !_written.ContainsKey(entry.Record.Key));
        return _written.Count + added == content.Entries.Count
            && _lines < FewLines + (2 * _written.Count)
            && _floor.Includes(content.Floor)
            && _seen.With(changed.Select(entry => entry.Record.Version)).Includes(content.Seen);
    }

    private static long AppendTo(FileStream file, long length, List<StateEntry> changed)
    {
        var line = new ArrayBufferWriter<byte>();
        WriteLine(line, changed);
        try
        {
            file.Seek(length, SeekOrigin.Begin);
            file.Write(line.WrittenSpan);
            file.Flush(flushToDisk: true);
            return length + line.WrittenCount;
        }
        catch (IOException)
        {
            // A refused change must not be in the file after a restart.
            file.SetLength(length);
            throw;
        }
    }

    private static void WriteLine(ArrayBufferWriter<byte> lines, List<StateEntry> entries)
    {
        var written = entries.ConvertAll(
            entry => new WrittenEntry(StateJson.ToWritten(entry.Record), entry.Status));
        lines.Write(JsonSerializer.SerializeToUtf8Bytes(written, StateJsonContext.Default.ListWrittenEntry));
        lines.Write("\n"u8);
    }

    private void Note(IEnumerable<StateEntry> entries)
    {
        foreach (var entry in entries)
        {
            _written[entry.Record.Key] = entry;
        }
    }
}
