namespace WsBalancer.LoadTest.Display;

/// <summary>Shows nothing.</summary>
internal sealed class QuietDisplay : IProgressDisplay
{
    public Task ShowAsync(SnapshotSource source, Task run) => run;
}
