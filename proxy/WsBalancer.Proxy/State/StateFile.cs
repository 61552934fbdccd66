using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The file that stores the decisions made at run time. A change is appended. At the first change of a run, and from
/// time to time, the whole file is replaced, and the previous one is kept beside it. After a crash each change is
/// either complete or absent. Only one balancer at a time can use the file. Not thread-safe.
/// </summary>
internal sealed class StateFile : IDisposable
{
    // The lock file stays open while the balancer runs; the kernel closes it however the process ends.
    private readonly FileStream? _hold;
    private readonly BadRecords _bad;
    private readonly ILogger<StateFile> _logger;
    private readonly FileInfo _file;
    private readonly DirectoryInfo _folder;
    private readonly StateLines _lines;

    /// <param name="path">The path of the file.</param>
    /// <param name="bad">Lists the records of the file that are set aside.</param>
    /// <param name="logger">For records that are taken from another file, and for files that cannot be written.</param>
    /// <param name="open">Opens files for writing; for tests.</param>
    /// <exception cref="StateFileException">The folder does not exist, or another balancer uses the file.</exception>
    public StateFile(
        string path,
        BadRecords bad,
        ILogger<StateFile> logger,
        Func<string, FileMode, FileStream>? open = null)
    {
        _file = new FileInfo(path);
        _lines = new StateLines(_file.FullName, open);
        _bad = bad;
        _logger = logger;
        if (_file.Directory is not { Exists: true } folder)
        {
            throw new StateFileException(
                $"The folder of the state file '{Path}' does not exist (WsBalancer:State:Path).");
        }

        _folder = folder;
        _hold = TakeLock();
    }

    /// <summary>The full path of the file.</summary>
    public string Path => _file.FullName;

    private string Previous => Path + ".bak";

    private string Next => Path + ".tmp";

    private string Damaged => Path + ".damaged";

    /// <summary>
    /// The content of the file; empty if neither the file nor the previous one exists. A damaged record is set aside,
    /// and the record of the previous file replaces it.
    /// </summary>
    /// <exception cref="StateFileException">
    /// Neither file can be read, or one is of another version of the program.
    /// </exception>
    public StateFileContent Load()
    {
        var isThere = File.Exists(Path);
        if (!isThere && !File.Exists(Previous))
        {
            return StateFileContent.Empty;
        }

        // A file is missing after a crash between the two renames of a save, or if it was deleted.
        var mistake = "it is not there";
        var content = isThere ? TryRead(Path, out mistake) : null;
        if (content is { Missing: 0 })
        {
            if (content.IsCut)
            {
                StateLog.EndsWithinALine(_logger, Path);
            }

            return content.Damaged.Count == 0 ? content : Repair(content);
        }

        if (TryRead(Previous, out var earlierMistake) is not { Missing: 0 } earlier)
        {
            throw new StateFileException(
                $"Neither the state file '{Path}' ({mistake}) nor the one before it, '{Previous}' ({earlierMistake}), "
                + "can be read. Starting without would undo drains and every other change made at run time: repair "
                + "one of them, or remove both to start afresh.");
        }

        return CompleteFrom(earlier, content, mistake);
    }

    /// <summary>Saves the content. After this method returns, a crash of the machine does not undo the save.</summary>
    /// <exception cref="StateFileException">The file could not be written, and is unchanged.</exception>
    public void Save(StateFileContent content)
    {
        try
        {
            if (!File.Exists(Path) || !_lines.TryAppend(content))
            {
                Replace(content);
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StateFileException($"The state file '{Path}' cannot be written: {ex.Message}", ex);
        }
    }

    public void Dispose() => _hold?.Dispose();

    private void Replace(StateFileContent content)
    {
        _lines.Write(Next, content);
        if (File.Exists(Path))
        {
            File.Move(Path, Previous, overwrite: true);
        }

        File.Move(Next, Path);
        _lines.Renamed();
        FolderSync.Sync(_folder.FullName);
    }

    // If the file exists but ends early, its records are used, and the missing ones are taken from the previous file.
    private StateFileContent CompleteFrom(StateFileContent earlier, StateFileContent? content, string mistake)
    {
        StateLog.TakenFromPrevious(_logger, Path, mistake, Previous);
        if (File.Exists(Path))
        {
            // Kept for the operator, under another name: the next save must not make it the previous file.
            File.Move(Path, Damaged, overwrite: true);
        }

        SetAside(earlier.Damaged, Previous);
        if (content is null)
        {
            return earlier;
        }

        SetAside(content.Damaged, Path);
        var known = content.Entries.Select(entry => entry.Record.Key).ToHashSet();
        return content with
        {
            Entries = [.. content.Entries, .. earlier.Entries.Where(entry => !known.Contains(entry.Record.Key))],
        };
    }

    private static StateFileContent? TryRead(string path, out string mistake)
    {
        mistake = "";
        try
        {
            var content = StateFileReader.Read(path);
            mistake = $"it ends before {content.Missing} of its records";
            return content;
        }
        catch (Exception ex) when (ex is IOException and not StateFileException or UnauthorizedAccessException
            or JsonException or InvalidOperationException)
        {
            mistake = RecordText.Of(ex.Message);
            return null;
        }
    }

    // The next save writes only the valid records. The damaged ones are kept in a copy of the file and in the log.
    private StateFileContent Repair(StateFileContent content)
    {
        SetAside(content.Damaged, Path);
        try
        {
            File.Copy(Path, Damaged, overwrite: true);
            StateLog.CopyKept(_logger, Path, Damaged);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            StateLog.CopyNotKept(_logger, Path, ex.Message);
        }

        var keys = content.Damaged.Select(damaged => damaged.Key).OfType<StateKey>()
            .Except(content.Entries.Select(entry => entry.Record.Key)).ToHashSet();
        var before = File.Exists(Previous) && keys.Count > 0 ? TryRead(Previous, out _)?.Entries ?? [] : [];
        var replacements = before.Where(entry => keys.Contains(entry.Record.Key)).ToList();
        if (replacements.Count > 0)
        {
            StateLog.ReplacedFromPrevious(
                _logger, string.Join(", ", replacements.Select(entry => $"{entry.Record.Key}")), Previous);
        }

        return content with { Entries = [.. content.Entries, .. replacements] };
    }

    private void SetAside(IEnumerable<DamagedEntry> damaged, string path)
    {
        foreach (var entry in damaged)
        {
            var name = $"Record {entry.Position} of the state file '{path}'{(entry.Key is { } key ? $" ({key})" : "")}";
            _bad.Add(RecordSource.StateFile, name, entry.Key?.Cluster, entry.Raw, entry.Mistake);
        }
    }

    private FileStream? TakeLock()
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
            // A balancer also runs with a read-only folder; only changes at run time are refused.
            StateLog.CannotBeWritten(_logger, Path, ex.Message);
            return null;
        }
    }

    // EAGAIN on Linux, on macOS, and a sharing violation on Windows.
    private static bool IsHeldByAnother(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
