namespace WsBalancer.Cli.Run;

/// <summary>
/// Watches a file by polling. Notifications of the kernel concern a name in one folder, and miss a file that changes
/// because a link in its path changes, as in the volumes of Kubernetes.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>The polling interval. A change is reported when the next poll finds the same state.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly string _path;
    private readonly Func<Task> _changed;
    private readonly PeriodicTimer _timer;
    private FileState _reported;
    private FileState _before;

    /// <remarks>
    /// <paramref name="changed"/> is called when the file has changed or was removed; it must not throw.
    /// </remarks>
    public FileWatch(string path, TimeProvider time, Func<Task> changed)
    {
        (_path, _changed) = (path, changed);
        _timer = new PeriodicTimer(Interval, time);
        _reported = _before = FileState.At(path);
        _ = RunAsync();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var now = FileState.At(_path);

            // Editors write a file in several steps: an incomplete file must not be reported as a mistake.
            if (now != _reported && now == _before)
            {
                _reported = now;
                await _changed();
            }

            _before = now;
        }
    }

    // The state of the file behind all links, which opening a path follows.
    private readonly record struct FileState(DateTime Written, long Length)
    {
        public static FileState At(string path)
        {
            try
            {
                using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return new FileState(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // The reader of the configuration reports why the file cannot be read.
                return default;
            }
        }
    }
}
