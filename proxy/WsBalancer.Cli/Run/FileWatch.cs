namespace WsBalancer.Cli.Run;

/// <summary>
/// Watches a file by looking at it a few times a second. Notifications of the kernel concern a name in one folder, and
/// miss a file that changes because a link above it does, as in the volumes of Kubernetes.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>The time between two looks. A change is reported when a second look finds the same.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly string _path;
    private readonly Func<Task> _changed;
    private readonly PeriodicTimer _timer;
    private Look _reported;
    private Look _before;

    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called when the file has changed, or has been removed; it must not throw.</param>
    public FileWatch(string path, TimeProvider time, Func<Task> changed)
    {
        (_path, _changed) = (path, changed);
        _timer = new PeriodicTimer(Interval, time);
        _reported = _before = Look.At(path);
        _ = RunAsync();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var now = Look.At(_path);

            // Editors write a file in several steps; half a file is not a mistake worth a message.
            if (now != _reported && now == _before)
            {
                _reported = now;
                await _changed();
            }

            _before = now;
        }
    }

    // Of the target of all links, which a descriptor follows.
    private readonly record struct Look(DateTime Written, long Length)
    {
        public static Look At(string path)
        {
            try
            {
                using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return new Look(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // The reader of the configuration reports why the file cannot be read.
                return default;
            }
        }
    }
}
