using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The file that keeps what was decided at run time. A change is appended to it; now and then, and at the first change
/// of a run, it is replaced as a whole, and the one before it is kept beside it. After a crash each change is there or
/// not. One balancer at a time has it. Not thread-safe.
/// </summary>
internal sealed class StateFile : IDisposable
{
    // A running balancer holds this for as long as it lives; the kernel lets go of it whatever ends the process.
    private readonly FileStream? _hold;
    private readonly BadRecords _bad;
    private readonly ILogger<StateFile> _logger;
    private readonly FileInfo _file;
    private readonly StateLines _lines;

    /// <param name="path">Where it is.</param>
    /// <param name="bad">Lists the records in it that are set aside.</param>
    /// <param name="logger">For what is read from elsewhere, and what cannot be written.</param>
    /// <param name="open">Opens files for writing; for tests.</param>
    /// <exception cref="StateFileException">Its folder does not exist, or another balancer has it.</exception>
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

    private string Damaged => Path + ".damaged";

    /// <summary>
    /// What it keeps; nothing if neither it nor the one before it is there. A record in it that is damaged is set
    /// aside, and that of the file before stands in for it.
    /// </summary>
    /// <exception cref="StateFileException">They cannot be read, or are of another version of the program.</exception>
    public StateFileContent Load()
    {
        var isThere = File.Exists(Path);
        if (!isThere && !File.Exists(Previous))
        {
            return StateFileContent.Empty;
        }

        // Not there: a crash came between the two renames of a save, or somebody took it away.
        var mistake = "it is not there";
        var content = isThere ? TryRead(Path, out mistake) : null;
        if (content is { Missing: 0 })
        {
            if (content.IsCut)
            {
                StateLog.EndsWithinALine(_logger, Path);
            }

            return content.Damaged.Count == 0 ? content : Mend(content);
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

    /// <summary>Makes this its content. When this returns, a crash of the machine does not undo it.</summary>
    /// <exception cref="StateFileException">It could not be written, and is as it was.</exception>
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
        FolderSync.Sync(_file.DirectoryName!);
    }

    // The file may be there and end early: its records are used, and those that it lacks are of the one before it.
    private StateFileContent CompleteFrom(StateFileContent earlier, StateFileContent? content, string mistake)
    {
        StateLog.TakenFromPrevious(_logger, Path, mistake, Previous);
        if (File.Exists(Path))
        {
            // Kept for the operator; and it must not become the previous one with the next save.
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

    // The next save writes what is good. What it leaves out is kept beside it, and in the log.
    private StateFileContent Mend(StateFileContent content)
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
        var standIns = before.Where(entry => keys.Contains(entry.Record.Key)).ToList();
        if (standIns.Count > 0)
        {
            StateLog.StoodInFor(
                _logger, string.Join(", ", standIns.Select(entry => $"{entry.Record.Key}")), Previous);
        }

        return content with { Entries = [.. content.Entries, .. standIns] };
    }

    private void SetAside(IEnumerable<DamagedEntry> damaged, string path)
    {
        foreach (var entry in damaged)
        {
            var name = $"Record {entry.Position} of the state file '{path}'{(entry.Key is { } key ? $" ({key})" : "")}";
            _bad.Add(RecordSource.StateFile, name, entry.Key?.Cluster, entry.Raw, entry.Mistake);
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
