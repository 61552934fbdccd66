namespace WsBalancer.Faults.Tests;

/// <summary>The engines of the balancer.</summary>
public sealed class EveryEngine : TheoryData<string>
{
    public EveryEngine()
    {
        Add("io_uring");
        Add("epoll");
        Add("sockets");
    }
}
