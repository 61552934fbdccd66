namespace WsBalancer.Cli.Demo.Processes;

/// <summary>The last lines that a child process has written. A caller can wait for a certain line.</summary>
internal sealed class ChildOutput
{
    private const int Remembered = 200;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(string Prefix, TaskCompletionSource<string> Found)> _waiting = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Remembered)
            {
                _lines.Dequeue();
            }

            foreach (var (_, found) in _waiting.Where(waiter => IsMatch(line, waiter.Prefix)))
            {
                found.TrySetResult(line);
            }
        }
    }

    /// <summary>
    /// The rest of the first line that begins with <paramref name="prefix"/>, whether written already or later.
    /// </summary>
    public async Task<string> AfterAsync(string prefix)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.FirstOrDefault(line => IsMatch(line, prefix)) is { } line)
            {
                return line[prefix.Length..].Trim();
            }

            _waiting.Add((prefix, found));
        }

        return (await found.Task)[prefix.Length..].Trim();
    }

    private static bool IsMatch(string line, string prefix) => line.StartsWith(prefix, StringComparison.Ordinal);
}
