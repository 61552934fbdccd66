namespace WsBalancer.LoadTest.Report;

/// <summary>Shows the progress of a run.</summary>
internal interface IProgressDisplay
{
    /// <summary>Shows the progress until <paramref name="run"/> completes, and then restores the screen.</summary>
    public Task ShowAsync(SnapshotSource source, Task run);
}

internal sealed class QuietDisplay : IProgressDisplay
{
    public Task ShowAsync(SnapshotSource source, Task run) => run;
}
