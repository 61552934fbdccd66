namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>Several resources that are disposed of together.</summary>
internal sealed class Together(params IEnumerable<IAsyncDisposable> things) : IAsyncDisposable
{
    private readonly IAsyncDisposable[] _things = [.. things];

    public async ValueTask DisposeAsync()
    {
        foreach (var thing in _things)
        {
            await thing.DisposeAsync();
        }
    }
}
