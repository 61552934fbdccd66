using WsBalancer.Sockets.Epoll;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>eventfd(2).</summary>
internal sealed class FakeEvent : FakeFile
{
    private ulong _value;

    public override uint Poll() => EpollEvent.Out | (_value > 0 ? EpollEvent.In : 0);

    public void Write(ulong value)
    {
        _value += value;
        Wake(EpollEvent.In);
    }
}

/// <summary>A file without operations.</summary>
internal sealed class FakeNull : FakeFile
{
    public override uint Poll() => EpollEvent.In | EpollEvent.Out;
}

/// <summary>A listening socket.</summary>
internal sealed class FakeListener : FakeFile
{
    private readonly Queue<FakeSocket> _waiting = [];

    public bool HasWaiting => _waiting.Count > 0;

    public override uint Poll() => HasWaiting ? EpollEvent.In : 0;

    public void Arrive(FakeSocket client)
    {
        _waiting.Enqueue(client);
        Wake(EpollEvent.In);
    }

    protected override void Released()
    {
        while (Accept() is { } client)
        {
            client.Abandon();
        }
    }

    public FakeSocket? Accept() => _waiting.TryDequeue(out var client) ? client : null;
}
