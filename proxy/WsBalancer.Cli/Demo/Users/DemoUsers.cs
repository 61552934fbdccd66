using System.Globalization;

namespace WsBalancer.Cli.Demo.Users;

/// <summary>All users of the demo.</summary>
internal sealed class DemoUsers : IAsyncDisposable
{
    // The number of concurrent handshakes: fast enough, and too few for a reconnect storm.
    private const int AtOnce = 16;

    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpMessageInvoker _http;

    /// <remarks><paramref name="stay"/> is whether the users reconnect after every end of their connection.</remarks>
    public DemoUsers(int count, Uri balancer, TimeProvider time, bool stay = false)
    {
        _http = new HttpMessageInvoker(_handler);
        Users = [.. Enumerable.Range(1, count).Select(number =>
            new DemoUser(
                string.Create(CultureInfo.InvariantCulture, $"user-{number:000}"), balancer, _http, time, stay))];
    }

    public IReadOnlyList<DemoUser> Users { get; }

    /// <summary>The node of every user that is connected.</summary>
    public IReadOnlyDictionary<string, string> Placement()
    {
        var placement = new Dictionary<string, string>();
        foreach (var user in Users)
        {
            if (user.Node is { } node)
            {
                placement.Add(user.Name, node);
            }
        }

        return placement;
    }

    public Task ConnectAsync(CancellationToken cancellation) => ConnectAsync(Users, cancellation);

    public static Task ConnectAsync(IEnumerable<DemoUser> users, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            users,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (user, token) => await user.ConnectAsync(token));

    /// <summary>How many requests to reconnect (1012) these users have received.</summary>
    public static int RecallsOf(IEnumerable<DemoUser> users) => users.Sum(user => user.Recalls);

    /// <summary>How many of the sockets still carry a message to the node and back.</summary>
    public static async Task<int> CountAnsweringAsync(
        IEnumerable<DemoUser> users, string occasion, CancellationToken cancellation)
    {
        var answers = users.Select(user => user.ReachesAsync(user, $"{occasion}: {user.Name}", cancellation));
        return (await Task.WhenAll(answers)).Count(answered => answered);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Users.Select(user => user.DisposeAsync().AsTask()));
        _http.Dispose();
        _handler.Dispose();
    }
}
