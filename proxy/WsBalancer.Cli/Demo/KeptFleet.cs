using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo;

/// <summary>
/// The fleet of the demo without the chapters, to try commands. Users reconnect after every end of a connection, nodes
/// may be killed, and one more node runs that is not in the configuration.
/// </summary>
internal sealed class KeptFleet(DemoFleet fleet, DemoSettings settings, CommandOutput output, TimeProvider time)
{
    /// <returns>The exit code: 0 after Ctrl-C.</returns>
    public async Task<int> RunAsync(Interruption interruption)
    {
        await output.Writer.WriteLineAsync($"starting Redis, {settings.Nodes} nodes and the balancer");
        await fleet.StartAsync(settings.Nodes, interruption.Token);
        var spare = await fleet.StartNodeAsync(interruption.Token);
        await using var crowd = new DemoUsers(settings.Users, fleet.Balancer, time, stay: true);
        await crowd.ConnectAsync(interruption.Token);
        foreach (var line in Lines(spare))
        {
            await output.Writer.WriteLineAsync(line);
        }

        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = interruption.Token.Register(interrupted.SetResult);
        var end = fleet.BalancerEnd;
        await Task.WhenAny(end, interrupted.Task);
        return interruption.HasHappened ? ExitCode.Done : throw new DemoFailure(await end);
    }

    private IEnumerable<string> Lines(DemoNode spare) =>
    [
        $"{settings.Nodes} nodes with {settings.Users} users, until Ctrl-C. In another terminal:",
        "",
        $"    export WSBALANCER_ADMIN={fleet.Admin.AbsoluteUri.TrimEnd('/')}",
        "    wsbalancer nodes --watch",
        "    wsbalancer drain ws-2 --wait",
        $"    wsbalancer add {spare.Id}={spare.Address} --wait",
        "",
        $"Users connect to {fleet.Balancer}?user=NAME. The balancer follows {fleet.ConfigurationFile}.",
        $"To chat as two of them, open {fleet.Balancer} in two windows of a browser.",
    ];
}
