using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// Keeps events over restarts: a line of JSON for each, appended to a file. At half of the size limit the file is
/// renamed and replaces the file before it. Only a reader waits for the disk. Thread-safe.
/// </summary>
internal sealed class EventJournal : IAsyncDisposable
{
    // The limit of events that wait for the disk. Further events are missing from the file and kept in memory only.
    private const int MaxWaiting = 10_000;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Channel<BalancerEvent> _waiting = Channel.CreateBounded<BalancerEvent>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly string _path;
    private readonly string _before;
    private readonly long _mostBytes;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private readonly Lock _files = new();
    private bool _isFailing;

    /// <param name="path">The file.</param>
    /// <param name="maxSize">The maximum size of the file and its predecessor together, in bytes.</param>
    /// <param name="logger">Receives the failures of reads and writes.</param>
    public EventJournal(string path, long maxSize, ILogger<EventJournal> logger)
    {
        (_path, _before, _mostBytes, _logger) = (path, path + ".1", maxSize / 2, logger);
        _writing = WriteAllAsync();
    }

    /// <summary>The last events in the file, the oldest first.</summary>
    public IEnumerable<BalancerEvent> Load(int most) => Read().TakeLast(most);

    /// <summary>All events that are kept, the oldest first. A line that is damaged is left out.</summary>
    public IReadOnlyList<BalancerEvent> Read()
    {
        string[] lines;

        // Locked, so that the file is not renamed between the two reads.
        lock (_files)
        {
            lines = [.. LinesOf(_before), .. LinesOf(_path)];
        }

        return [.. lines.Select(Parse).OfType<BalancerEvent>()];
    }

    /// <summary>Queues an event for the file. Never waits.</summary>
    public void Append(BalancerEvent happened) => _waiting.Writer.TryWrite(happened);

    /// <summary>Writes the queued events, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private string[] LinesOf(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            EventJournalLog.NotRead(_logger, path, ex.Message);
            return [];
        }
    }

    private static BalancerEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<BalancerEvent>(line, Form) is { Run: not null, Message: not null } whole
                ? whole
                : null;
        }
        catch (JsonException)
        {
            // The line was cut off when a process ended or the disk was full, or a later version wrote it.
            return null;
        }
    }

    // After a failed write, the pending events are retried with the next event.
    private async Task WriteAllAsync()
    {
        var pending = new List<BalancerEvent>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (_waiting.Reader.TryRead(out var next))
            {
                pending.Add(next);
            }

            try
            {
                lock (_files)
                {
                    while (pending.Count > 0)
                    {
                        pending.RemoveRange(0, WriteSome(pending));
                    }
                }

                NoteWritten();
            }
            catch (Exception ex) when (ex is not OutOfMemoryException)
            {
                pending.RemoveRange(0, Math.Max(0, pending.Count - MaxWaiting));
                NoteFailure(ex);
            }
        }
    }

    // Writes as many events as the file has room for, at least one, and returns their number.
    private int WriteSome(List<BalancerEvent> events)
    {
        var length = File.Exists(_path) ? new FileInfo(_path).Length : 0;
        var lines = new MemoryStream();
        var count = 0;
        foreach (var line in events.Select(LineOf))
        {
            if (count > 0 && length + lines.Length + line.Length > _mostBytes)
            {
                break;
            }

            lines.Write(line);
            count++;
        }

        if (length > 0 && length + lines.Length > _mostBytes)
        {
            File.Move(_path, _before, overwrite: true);
        }

        Write(lines.ToArray());
        return count;
    }

    private static byte[] LineOf(BalancerEvent happened) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(happened, Form), (byte)'\n'];

    // Opened for each batch: events are rare, and other programs may rename or remove the file.
    private void Write(byte[] lines)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        using var file = new FileStream(_path, options);
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n')
            {
                file.WriteByte((byte)'\n');
            }
        }

        file.Write(lines);
    }

    private void NoteWritten()
    {
        if (_isFailing)
        {
            _isFailing = false;
            EventJournalLog.WrittenAgain(_logger, _path);
        }
    }

    private void NoteFailure(Exception failure)
    {
        if (!_isFailing)
        {
            _isFailing = true;
            EventJournalLog.NotWritten(_logger, _path, failure.Message);
        }
    }
}

// Event ids 660-669 belong to the events. The next free one is 663.
internal static partial class EventJournalLog
{
    [LoggerMessage(660, LogLevel.Error,
        "The events in '{Path}' cannot be read: {Reason} They are missing from the list of past events.")]
    public static partial void NotRead(ILogger logger, string path, string reason);

    [LoggerMessage(661, LogLevel.Error,
        "The events cannot be written to '{Path}': {Reason} They are kept in memory, and the write is retried with "
        + "each event.")]
    public static partial void NotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(662, LogLevel.Information, "The events are written to '{Path}' again.")]
    public static partial void WrittenAgain(ILogger logger, string path);
}
