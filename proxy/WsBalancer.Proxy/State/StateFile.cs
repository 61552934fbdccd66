using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The file that keeps what was decided at run time. It is replaced as a whole, so that a crash leaves the old content
/// or the new one; the one before it is kept beside it. One balancer at a time has it. Not thread-safe.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private const int Version = 1;

    // People look into it.
    private static readonly StateJsonContext Readable =
        new(new JsonSerializerOptions(StateJsonContext.Default.Options) { WriteIndented = true });

    // A running balancer holds this for as long as it lives; the kernel lets go of it whatever ends the process.
    private readonly FileStream? _hold;
    private readonly ILogger<StateFile> _logger;
    private readonly FileInfo _file;

    /// <exception cref="StateFileException">Its folder does not exist, or another balancer has it.</exception>
    public StateFile(string path, ILogger<StateFile> logger)
    {
        _file = new FileInfo(path);
        _logger = logger;
        if (_file.Directory is not { Exists: true })
        {
            throw new StateFileException(
                $"The folder of the state file '{Path}' does not exist (WsBalancer:State:Path).");
        }

        _hold = Hold();
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.FullName;

    private string Previous => Path + ".bak";

    private string Next => Path + ".tmp";

    /// <summary>What it keeps; nothing if neither it nor the one before it is there.</summary>
    /// <exception cref="StateFileException">They cannot be read, or are of another version of the program.</exception>
    public IReadOnlyList<StateEntry> Load()
    {
        var isThere = File.Exists(Path);
        if (!isThere && !File.Exists(Previous))
        {
            return [];
        }

        // Not there: a crash came between the two renames of a save, or somebody took it away.
        var mistake = "it is not there";
        if (isThere && TryRead(Path, out mistake) is { } entries)
        {
            return entries;
        }

        if (TryRead(Previous, out var earlierMistake) is not { } earlier)
        {
            throw new StateFileException(
                $"Neither the state file '{Path}' ({mistake}) nor the one before it, '{Previous}' ({earlierMistake}), "
                + "can be read. Starting without would undo drains and every other change made at run time: repair "
                + "one of them, or remove both to start afresh.");
        }

        StateLog.TakenFromPrevious(_logger, Path, mistake, Previous);
        if (isThere)
        {
            // Kept to be looked at; and it must not become the previous one with the next save.
            File.Move(Path, Path + ".damaged", overwrite: true);
        }

        return earlier;
    }

    /// <summary>Replaces its content. When this returns, a crash of the machine does not undo it.</summary>
    /// <exception cref="StateFileException">It could not be written, and is as it was.</exception>
    public void Save(IEnumerable<StateEntry> entries)
    {
        var state = new WrittenState(
            Version,
            [.. entries.Select(entry => new WrittenEntry(StateJson.ToWritten(entry.Record), entry.Standing))]);
        try
        {
            using (var next = new FileStream(Next, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                JsonSerializer.Serialize(next, state, Readable.WrittenState);
                next.Flush(flushToDisk: true);
            }

            if (File.Exists(Path))
            {
                File.Move(Path, Previous, overwrite: true);
            }

            File.Move(Next, Path);
            FolderSync.Sync(_file.DirectoryName!);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StateFileException($"The state file '{Path}' cannot be written: {ex.Message}", ex);
        }
    }

    public void Dispose() => _hold?.Dispose();

    private static List<StateEntry>? TryRead(string path, out string mistake)
    {
        mistake = "";
        try
        {
            var json = File.ReadAllBytes(path);
            DemandVersion(path, json);
            var state = JsonSerializer.Deserialize(json, StateJsonContext.Default.WrittenState)
                ?? throw new JsonException("it is null");
            var entries = state.Records
                .Select(entry => new StateEntry(StateJson.FromWritten(entry.Record), entry.Standing))
                .ToList();
            return entries.DistinctBy(entry => entry.Record.Key).Count() == entries.Count
                ? entries
                : throw new JsonException("it has a record twice");
        }
        catch (Exception ex) when (ex is IOException and not StateFileException or UnauthorizedAccessException
            or JsonException)
        {
            mistake = ex.Message;
            return null;
        }
    }

    // Before all else: the file of a later version is not damaged, and must be neither set aside nor written over.
    private static void DemandVersion(string path, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind is JsonValueKind.Object
            && document.RootElement.TryGetProperty("version", out var version)
            && !(version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number == Version))
        {
            throw new StateFileException(
                $"The state file '{path}' has version {version.GetRawText()}, and this program reads version "
                + $"{Version}: run the program that wrote it, or remove it and its .bak to start afresh.");
        }
    }

    private FileStream? Hold()
    {
        try
        {
            return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException ex) when (IsHeldByAnother(ex))
        {
            throw new StateFileException(
                $"The state file '{Path}' is in use by another balancer: give each its own (WsBalancer:State:Path).",
                ex);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Users are served from a read-only folder too; only changes at run time are refused there.
            StateLog.CannotBeWritten(_logger, Path, ex.Message);
            return null;
        }
    }

    // EAGAIN on Linux, on macOS, and a sharing violation on Windows.
    private static bool IsHeldByAnother(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
