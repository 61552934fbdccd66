using System.Buffers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Access;

/// <summary>
/// Writes the queued lines of the access log, several at a time, on the thread pool and never on an event loop. A file
/// that was renamed or removed is opened again, within a second or when that is requested.
/// </summary>
internal sealed class AccessWriter(
    AccessLog log,
    Func<AccessLogOptions> settings,
    ConfigurationFolder folder,
    TimeProvider time,
    ILogger<AccessWriter> logger)
    : IHostedLifecycleService, IDisposable
{
    private const string Key = "WsBalancer:AccessLog:Path";
    private const int BatchBytes = 64 * 1024;

    // The queue is polled: a notification would wake a thread for every tunnel that ends.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _lines = new(BatchBytes);
    private IAccessTarget? _target;
    private string _path = "";
    private long _checkedAt;
    private bool _isReopening;
    private bool _openFails;
    private bool _writeFails;
    private Task _loop = Task.CompletedTask;

    /// <exception cref="SettingsException">The path cannot be written to.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var options = settings();
        if (!options.IsOff)
        {
            try
            {
                Open(options);
            }
            catch (Exception ex) when (IsOfTheFile(ex))
            {
                throw new SettingsException(
                    [new SettingsError(Key, MistakeIn(options, ex))]);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = PeriodicLoop.RunAsync(
            "writing the access log",
            () =>
            {
                WriteQueued();
                return Task.CompletedTask;
            },
            time,
            logger,
            _stop.Token,
            Interval);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every tunnel has ended: writes the last lines, for a limited time.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        try
        {
            await Task.Run(WriteLastAsync, CancellationToken.None).WaitAsync(StopTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            AccessMessages.NotWrittenInTime(logger, _path, StopTimeout);
        }
    }

    /// <summary>Opens the file again before the next line is written.</summary>
    public void Reopen() => Volatile.Write(ref _isReopening, true);

    /// <summary>Writes all queued lines.</summary>
    public void WriteQueued()
    {
        lock (_lock)
        {
            var options = settings();
            if (options.IsOff)
            {
                WriteLines(options);
            }

            FollowPath(options);
            WriteLines(options);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task WriteLastAsync()
    {
        await _loop;
        WriteQueued();
        lock (_lock)
        {
            _target?.Dispose();
            _target = null;
        }
    }

    private void FollowPath(AccessLogOptions options)
    {
        if (options.IsOff)
        {
            _target?.Dispose();
            (_target, _path) = (null, "");
            return;
        }

        var isRequested = Volatile.Read(ref _isReopening);
        if (!isRequested && time.GetElapsedTime(_checkedAt) < CheckInterval)
        {
            return;
        }

        _checkedAt = time.GetTimestamp();
        Volatile.Write(ref _isReopening, false);
        try
        {
            if (isRequested || _target is null || _path != options.Path || _target.IsMoved)
            {
                Open(options);
                _openFails = false;
            }
        }
        catch (Exception ex) when (IsOfTheFile(ex))
        {
            if (!_openFails)
            {
                AccessMessages.NotOpened(logger, MistakeIn(options, ex));
            }

            _openFails = true;
        }
    }

    private void Open(AccessLogOptions options)
    {
        IAccessTarget target = options.IsStandardOutput
            ? new AccessOutput()
            : new AccessFile(options.FileIn(folder.Path));
        _target?.Dispose();
        (_target, _path, _checkedAt) = (target, options.Path, time.GetTimestamp());
    }

    private void WriteLines(AccessLogOptions options)
    {
        while (_target is { } target && Fill(options) is var count and > 0)
        {
            Write(target, count);
        }
    }

    private int Fill(AccessLogOptions options)
    {
        _lines.ResetWrittenCount();
        var count = 0;
        while (_lines.WrittenCount < BatchBytes && log.TryTake(out var entry))
        {
            if (options.Format == AccessLogFormat.Json)
            {
                JsonAccessLine.Write(entry, options.UserId, _lines);
            }
            else
            {
                TextAccessLine.Write(entry, options.UserId, _lines);
            }

            count++;
        }

        return count;
    }

    private void Write(IAccessTarget target, int count)
    {
        try
        {
            target.Write(_lines.WrittenSpan);
        }
        catch (Exception ex) when (IsOfTheFile(ex))
        {
            log.CountDropped(DropCause.Write, count);
            target.Dispose();
            _target = null;
            if (!_writeFails)
            {
                AccessMessages.NotWritten(logger, _path, ex.Message);
            }

            _writeFails = true;
            return;
        }

        if (_writeFails)
        {
            _writeFails = false;
            AccessMessages.WrittenAgain(logger, _path);
        }
    }

    // NotSupportedException: the platform cannot write at a position of a pipe or a device.
    private static bool IsOfTheFile(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private string MistakeIn(AccessLogOptions options, Exception exception)
    {
        var file = options.FileIn(folder.Path);
        var reason = exception switch
        {
            _ when Directory.Exists(file) => "it is a folder",
            DirectoryNotFoundException => $"there is no folder '{Path.GetDirectoryName(file)}'",
            NotSupportedException => "it is no regular file",
            _ => exception.Message.TrimEnd('.'),
        };
        return $"{Key} is '{options.Path}': {reason}; expected a file that can be written, in a folder that exists, "
            + "stdout, or off.";
    }
}
