using System.Globalization;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// Whatever peers, time and the kernel do: bytes arrive once and in order, tunnels end, and no socket stays open. A
/// failure reports its seed: with that in the environment (<c>WSBALANCER_SIMULATION_SEEDS=41</c>) the same run is
/// repeated, and with a range (<c>1-100000</c>) there are many runs.
/// </summary>
public sealed class SimulationTests
{
    private const string SeedsVariable = "WSBALANCER_SIMULATION_SEEDS";
    private const string UsualSeeds = "1-400";

    [Theory]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public void Loop_OnAFakeKernel_KeepsItsContract(string engine)
    {
        foreach (var seed in Seeds())
        {
            var failure = Simulation.Run(engine, seed);
            Assert.True(failure is null, failure);
        }
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public void Seed_RunAgain_MakesTheSameSteps(string engine)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Simulation.Run(engine, seed, out var once);
            Simulation.Run(engine, seed, out var again);

            Assert.Equal(once.ToString(), again.ToString());
        }
    }

    private static IEnumerable<int> Seeds()
    {
        var range = (Environment.GetEnvironmentVariable(SeedsVariable) ?? UsualSeeds).Split('-');
        var first = int.Parse(range[0], CultureInfo.InvariantCulture);
        var last = int.Parse(range[^1], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1);
    }
}
