using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// Many users with a WebSocket each, which answer a Close as RFC 6455 requires. Users that reconnect do so at once, at
/// the same balancer or, if it does not respond, at the next one.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, RawClient> _open = new();
    private readonly ConcurrentDictionary<string, RawClient> _welcomed = new();
    private readonly ConcurrentDictionary<string, string> _nodes = new();
    private readonly ConcurrentQueue<ClosedTunnel> _closedTunnels = new();
    private readonly SemaphoreSlim _doorway = new(64);
    private readonly CancellationTokenSource _over = new();
    private readonly Func<IPEndPoint>[] _doors;
    private readonly bool _reconnects;
    private readonly Task[] _runs;

    private Crowd(Func<IPEndPoint>[] doors, string[] users, bool reconnects)
    {
        (_doors, _reconnects) = (doors, reconnects);
        _runs = [.. users.Select((user, i) => RunUser(user, i))];
    }

    /// <summary>Every end of a user's WebSocket so far.</summary>
    public IReadOnlyCollection<ClosedTunnel> ClosedTunnels => _closedTunnels;

    /// <summary>The number of users whose WebSocket is open and who have received a welcome from a node.</summary>
    public int Present => _welcomed.Count;

    /// <summary>The last node that sent each user a welcome.</summary>
    public Dictionary<string, string> Nodes => new(_nodes);

    /// <summary>Opens a WebSocket for each user, and waits until every user has received a welcome.</summary>
    public static Task<Crowd> Gather(Balancer balancer, int users, bool reconnects = false) =>
        Gather([() => balancer.Endpoint], users, reconnects);

    /// <summary>
    /// Opens the WebSockets at several balancers in turn; each function returns the current address of one.
    /// </summary>
    public static async Task<Crowd> Gather(Func<IPEndPoint>[] doors, int users, bool reconnects = false)
    {
        var crowd = new Crowd(doors, [.. Enumerable.Range(0, users).Select(i => $"crowd-{i}")], reconnects);
        await crowd.UntilPresent(users);
        return crowd;
    }

    public Task UntilPresent(int users) =>
        Deadline.Until($"{users} users are present", () => Failed() || Present == users, () => $"{Present} are");

    public Task UntilClosed(int count) => Deadline.Until(
        $"{count} have been told goodbye",
        () => Failed() || _closedTunnels.Count >= count,
        () => $"{_closedTunnels.Count} have");

    /// <summary>
    /// The rate of the closes per second that the clients measured, without the first and the last fifth.
    /// </summary>
    public double RateInTheMiddle()
    {
        var times = _closedTunnels.Select(closed => closed.At).Order().ToArray();
        var (from, to) = (times.Length / 5, times.Length * 4 / 5);
        return (to - from) / Stopwatch.GetElapsedTime(times[from], times[to]).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var client in _open.Values)
        {
            client.Dispose();
        }

        await Task.WhenAll(_runs);
        _over.Dispose();
        _doorway.Dispose();
    }

    private bool Failed()
    {
        var failure = _runs.FirstOrDefault(life => life.IsFaulted)?.Exception;
        return failure is null ? false : throw new InvalidOperationException("One of the crowd failed.", failure);
    }

    private async Task RunUser(string user, int turn)
    {
        do
        {
            try
            {
                using var client = await Connect(user, _doors[turn % _doors.Length]());
                _closedTunnels.Enqueue(await ReadUntilClose(user, client));
            }
            catch (SocketException refused)
                when (refused.SocketErrorCode is SocketError.ConnectionRefused && _reconnects)
            {
                // A balancer that starts needs the processors: retries without a pause would use them up.
                turn++;
                await Task.Delay(BetweenRefusals, TimeProvider.System, CancellationToken.None);
            }
            catch (Exception left) when (IsDeparture(left) && (_reconnects || _over.IsCancellationRequested))
            {
                // The user retries at the next balancer.
                turn++;
                await Task.Yield();
            }
            finally
            {
                _welcomed.TryRemove(user, out _);
                _open.TryRemove(user, out _);
            }
        }
        while (_reconnects && !_over.IsCancellationRequested);
    }

    // The number of concurrent handshakes is limited, so that a start is not a connection storm.
    private async Task<RawClient> Connect(string user, IPEndPoint door)
    {
        await _doorway.WaitAsync(_over.Token);
        try
        {
            var client = await RawClient.Open(door, $"/chat?user={user}");
            client.Wire.ReadTimeout = Timeout.InfiniteTimeSpan;
            _open[user] = client;
            _nodes[user] = await client.ReadWelcome();
            _welcomed[user] = client;
            return client;
        }
        finally
        {
            _doorway.Release();
        }
    }

    private async Task<ClosedTunnel> ReadUntilClose(string user, RawClient client)
    {
        Frame frame;
        do
        {
            frame = await client.Read();
        }
        while (frame.Opcode != Opcode.Close);

        var at = Stopwatch.GetTimestamp();
        await client.Send(Frame.Close(frame.CloseCode ?? 1000));
        var end = await client.Wire.ReadEnd();
        return new ClosedTunnel(user, _nodes[user], frame.CloseCode, at, end);
    }

    private static bool IsDeparture(Exception exception) =>
        exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}

/// <summary>The end of a user's WebSocket.</summary>
/// <param name="User">The user.</param>
/// <param name="Node">The node of the tunnel.</param>
/// <param name="Code">The code of the Close frame.</param>
/// <param name="At">When the frame was read: a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="End">How the connection ended after it.</param>
internal sealed record ClosedTunnel(string User, string Node, int? Code, long At, StreamEnd End);
