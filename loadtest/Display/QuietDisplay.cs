namespace WsBalancer.LoadTest.Display;

internal sealed class QuietDisplay : IProgressDisplay
{
    public Task ShowAsync(SnapshotSource source, Task run) => run;
}
