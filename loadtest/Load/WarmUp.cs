using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Load;

/// <summary>
/// A short run of the same kind against an echo server inside this process; its results are discarded.
/// </summary>
/// <remarks>
/// Without a warm-up, the first connections and messages of every run would include the time to compile the generator:
/// measured, a tenth of a second or more.
/// </remarks>
internal static class WarmUp
{
    private const int Connections = 10;

    public static async Task RunAsync(RunSettings settings, TimeProvider time, CancellationToken stop)
    {
        await using var server = LoopbackEcho.Start();
        var rehearsal = settings with
        {
            Target = new Target(server.Address, settings.Target.UserPrefix),
            Connections = Connections,
            ConnectRate = new Rate(200),
            MessageRate = new Rate(2_000),
            MessageSize = Math.Min(settings.MessageSize, LoopbackEcho.MaxMessage),
            Hold = TimeSpan.FromMilliseconds(250),
            Grace = TimeSpan.FromSeconds(1),
            CloseTimeout = TimeSpan.FromSeconds(1),
        };
        await new LoadRun(rehearsal, time).RunAsync(stop);
    }
}
