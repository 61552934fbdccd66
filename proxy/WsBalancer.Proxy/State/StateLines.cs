using System.Text;
using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Writes a state file, a line for each record. A line is made once: what a change does not touch is only copied. Not
/// thread-safe.
/// </summary>
internal sealed class StateLines
{
    private const int BufferSize = 64 * 1024;

    private Dictionary<StateKey, (StateEntry Entry, byte[] Line)> _lines = [];

    /// <summary>Writes the file; when this returns, a crash of the machine does not take it.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(string path, StateFileContent content)
    {
        var lines = new Dictionary<StateKey, (StateEntry Entry, byte[] Line)>();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize);
        file.Write(HeadOf(content));
        foreach (var entry in content.Entries)
        {
            file.Write(lines.Count == 0 ? "\n"u8 : ",\n"u8);
            var line = LineOf(entry);
            file.Write(line);
            lines[entry.Record.Key] = (entry, line);
        }

        file.Write("\n]}\n"u8);
        file.Flush(flushToDisk: true);
        _lines = lines;
    }

    private static byte[] HeadOf(StateFileContent content) => Encoding.UTF8.GetBytes(
        $$"""{"version":{{StateFileContent.Version}},"seen":{{content.Seen}},"floor":{{content.Floor}},"records":[""");

    private byte[] LineOf(StateEntry entry) =>
        _lines.TryGetValue(entry.Record.Key, out var made)
        && ReferenceEquals(made.Entry.Record, entry.Record) && made.Entry.Standing == entry.Standing
            ? made.Line
            : JsonSerializer.SerializeToUtf8Bytes(
                new WrittenEntry(StateJson.ToWritten(entry.Record), entry.Standing),
                StateJsonContext.Default.WrittenEntry);
}
