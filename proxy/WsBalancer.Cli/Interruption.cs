using System.Runtime.InteropServices;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli;

/// <summary>
/// Turns Ctrl-C and the other requests to end into a token, so that a command ends what it began in order. A reader of
/// the output that has gone is such a request too.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly PosixSignal[] Signals =
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Timer _looks;

    public Interruption(CancellationToken outer)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Interrupt))];
        _looks = new Timer(_ => EndWithoutReader(), null, Look, Look);
    }

    public CancellationToken Token => _source.Token;

    public bool HasHappened => _source.IsCancellationRequested;

    /// <summary>The exit code of what was interrupted: 128 and the number of the signal, as in a shell.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Failed;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());

        // A look that is under way may still cancel.
        using var ended = new ManualResetEvent(initialState: false);
        if (_looks.Dispose(ended))
        {
            ended.WaitOne();
        }

        _source.Dispose();
    }

    private void EndWithoutReader()
    {
        if (OutputReader.IsGone())
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
