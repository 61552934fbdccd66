namespace WsBalancer.LoadTest.Display;

/// <summary>Shows a run while it goes on.</summary>
internal interface IProgressDisplay
{
    /// <summary>Shows until <paramref name="run"/> completes, then leaves the screen in order.</summary>
    public Task ShowAsync(SnapshotSource source, Task run);
}
