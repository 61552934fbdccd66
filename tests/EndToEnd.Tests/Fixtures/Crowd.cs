using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// Many users with a WebSocket each, who answer a Close as they should. Those that come back do so at once, at the same
/// balancer or, when it does not answer, at the next.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, RawClient> _open = new();
    private readonly ConcurrentDictionary<string, RawClient> _welcomed = new();
    private readonly ConcurrentDictionary<string, string> _nodes = new();
    private readonly ConcurrentQueue<Goodbye> _goodbyes = new();
    private readonly SemaphoreSlim _doorway = new(64);
    private readonly CancellationTokenSource _over = new();
    private readonly Func<IPEndPoint>[] _doors;
    private readonly bool _comesBack;
    private readonly Task[] _lives;

    private Crowd(Func<IPEndPoint>[] doors, string[] users, bool comesBack)
    {
        (_doors, _comesBack) = (doors, comesBack);
        _lives = [.. users.Select((user, i) => Live(user, i))];
    }

    /// <summary>Every end so far of a WebSocket of theirs.</summary>
    public IReadOnlyCollection<Goodbye> Goodbyes => _goodbyes;

    /// <summary>Users whose WebSocket is open and who have been welcomed by a node.</summary>
    public int Present => _welcomed.Count;

    /// <summary>The node that welcomed each user last.</summary>
    public Dictionary<string, string> Nodes => new(_nodes);

    /// <summary>Opens a WebSocket for each of so many users, and waits until all are welcome.</summary>
    public static Task<Crowd> Gather(Balancer balancer, int users, bool comesBack = false) =>
        Gather([() => balancer.Endpoint], users, comesBack);

    /// <summary>Opens them at several balancers in turn, each given by where it listens at the time.</summary>
    public static async Task<Crowd> Gather(Func<IPEndPoint>[] doors, int users, bool comesBack = false)
    {
        var crowd = new Crowd(doors, [.. Enumerable.Range(0, users).Select(i => $"crowd-{i}")], comesBack);
        await crowd.UntilPresent(users);
        return crowd;
    }

    public Task UntilPresent(int users) =>
        Deadline.Until($"{users} users are present", () => Failed() || Present == users, () => $"{Present} are");

    public Task UntilGoodbyes(int count) => Deadline.Until(
        $"{count} have been told goodbye", () => Failed() || _goodbyes.Count >= count, () => $"{_goodbyes.Count} have");

    /// <summary>Goodbyes a second as the clients saw them, without the begin and the end.</summary>
    public double RateInTheMiddle()
    {
        var times = _goodbyes.Select(goodbye => goodbye.At).Order().ToArray();
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

        await Task.WhenAll(_lives);
        _over.Dispose();
        _doorway.Dispose();
    }

    private bool Failed()
    {
        var failure = _lives.FirstOrDefault(life => life.IsFaulted)?.Exception;
        return failure is null ? false : throw new InvalidOperationException("One of the crowd failed.", failure);
    }

    private async Task Live(string user, int turn)
    {
        do
        {
            try
            {
                using var client = await Come(user, _doors[turn % _doors.Length]());
                _goodbyes.Enqueue(await Stay(user, client));
            }
            catch (SocketException refused)
                when (refused.SocketErrorCode is SocketError.ConnectionRefused && _comesBack)
            {
                // A balancer that starts needs the processors that its users would take by asking without a pause.
                turn++;
                await Task.Delay(BetweenRefusals, TimeProvider.System, CancellationToken.None);
            }
            catch (Exception left) when (IsDeparture(left) && (_comesBack || _over.IsCancellationRequested))
            {
                // Whoever does not answer now is asked again, after the next one.
                turn++;
                await Task.Yield();
            }
            finally
            {
                _welcomed.TryRemove(user, out _);
                _open.TryRemove(user, out _);
            }
        }
        while (_comesBack && !_over.IsCancellationRequested);
    }

    // So many at once, and no storm.
    private async Task<RawClient> Come(string user, IPEndPoint door)
    {
        await _doorway.WaitAsync(_over.Token);
        try
        {
            var client = await RawClient.Open(door, $"/chat?user={user}");
            client.Wire.Patience = Timeout.InfiniteTimeSpan;
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

    private async Task<Goodbye> Stay(string user, RawClient client)
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
        return new Goodbye(user, _nodes[user], frame.CloseCode, at, end);
    }

    private static bool IsDeparture(Exception exception) =>
        exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}

/// <summary>How a WebSocket of a user ended.</summary>
/// <param name="User">Whose it was.</param>
/// <param name="Node">Where it led.</param>
/// <param name="Code">That of the Close frame.</param>
/// <param name="At">When the frame was read; a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="End">How the connection ended after it.</param>
internal sealed record Goodbye(string User, string Node, int? Code, long At, StreamEnd End);
