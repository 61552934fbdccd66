namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>Several things that end with the test.</summary>
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
