using System.Runtime.InteropServices;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli;

/// <summary>
/// Cancels a token on Ctrl-C, on the other signals that end a process, and when the reader of the output has closed its
/// pipe, so that a command can end in order.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly PosixSignal[] Signals =
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Timer _poll;

    public Interruption(CancellationToken outer)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Interrupt))];
        _poll = new Timer(_ => EndWithoutReader(), null, PollInterval, PollInterval);
    }

    public CancellationToken Token => _source.Token;

    public bool HasHappened => _source.IsCancellationRequested;

    /// <summary>
    /// The exit code of the interrupted command: 128 plus the number of the signal, as in a shell; 1 without a signal.
    /// </summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Failed;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());

        // Wait for a timer callback that is still running, since it uses the source.
        using var ended = new ManualResetEvent(initialState: false);
        if (_poll.Dispose(ended))
        {
            ended.WaitOne();
        }

        _source.Dispose();
    }

    private void EndWithoutReader()
    {
        if (OutputReader.IsClosed())
        {
            _source.Cancel();
        }
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        ExitCode = Cli.ExitCode.OfSignal(context.Signal);
        _source.Cancel();
    }
}
