using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Reacts to the second request to end the process, by Ctrl-C or SIGTERM, and exits the process if it has not ended one
/// second later.
/// </summary>
internal sealed class RepeatedSignal : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Action _react;
    private readonly PosixSignalRegistration[] _registrations;
    private Timer? _exit;
    private int _count;

    /// <param name="react">Called once, at the second signal.</param>
    public RepeatedSignal(Action react)
    {
        _react = react;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Count),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Count),
        ];
    }

    /// <summary>Whether there was a second signal.</summary>
    public bool HasHappened => Volatile.Read(ref _count) > 1;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _exit?.Dispose();
    }

    private void Count(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _count) == 2)
        {
            _exit = new Timer(static _ => Environment.Exit(ExitCode.Failed), null, Grace, Timeout.InfiniteTimeSpan);
            _react();
        }
    }
}
