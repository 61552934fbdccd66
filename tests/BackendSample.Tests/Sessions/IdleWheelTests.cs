using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Serving;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class IdleWheelTests
{
    // One turn a second.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(64);

    private readonly FakeTimeProvider _time = new();
    private readonly IdleWheel _wheel = new(IdleTimeout);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(999)]
    public void ASilentSession_IsFoundOnce_AtMostOneTurnTooLate(int begin)
    {
        Advance(begin);
        var session = Add();
        var begun = _time.GetUtcNow();

        Assert.Equal([session], TurnUntilFound());
        Assert.InRange(_time.GetUtcNow() - begun, IdleTimeout, IdleTimeout + _wheel.Interval);
        Assert.Empty(Turn(200));
    }

    [Theory]
    [InlineData(10, 500)]
    [InlineData(10, 1)]
    [InlineData(40, 999)]
    [InlineData(63, 500)]
    public void ASessionThatIsActive_IsFoundAsMuchLater(int turns, int phase)
    {
        Advance(300);
        var session = Add();
        Assert.Empty(Turn(turns));
        Advance(phase);
        session.NoteActivity();
        var active = _time.GetUtcNow();

        Assert.Equal([session], TurnUntilFound());
        Assert.InRange(_time.GetUtcNow() - active, IdleTimeout, IdleTimeout + _wheel.Interval);
    }

    [Fact]
    public void ASessionWhoseMessageIsHandled_IsNotFound()
    {
        var session = Add();
        session.IsHandling = true;

        Assert.Empty(Turn(200));

        session.NoteActivity();
        session.IsHandling = false;
        Assert.Equal([session], TurnUntilFound());
    }

    [Fact]
    public void ASessionThatWasRemoved_IsNotFound()
    {
        var session = Add();
        var other = Add();

        _wheel.Remove(session);

        Assert.Equal([other], Turn(200));
    }

    [Fact]
    public void Remove_OfASessionThatWasNeverAdded_ChangesNothing()
    {
        var session = Add();

        _wheel.Remove(NewSession());

        Assert.Equal([session], Turn(200));
    }

    private Session Add()
    {
        var session = NewSession();
        session.NoteActivity();
        _wheel.Add(session);
        return session;
    }

    private Session NewSession() => new(
        new SessionClient(new ClientIdentity("alice"), null, null),
        WebSocket.CreateFromStream(new MemoryStream(), new WebSocketCreationOptions { IsServer = true }),
        new ConnectionStream(new DefaultConnectionContext(), batchBytes: 1),
        new SessionLimits(
            TestNode.Options,
            new MessageMemory(TestNode.Options, NullLogger<MessageMemory>.Instance),
            new ShedCount(),
            new SenderRates(TestNode.Options, _time),
            _time));

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    // The wheel turns at whole seconds.
    private List<Session> Turn()
    {
        _time.Advance(_wheel.Interval - TimeSpan.FromTicks(_time.GetUtcNow().Ticks % _wheel.Interval.Ticks));
        return _wheel.Turn();
    }

    private List<Session> Turn(int turns) => [.. Enumerable.Range(0, turns).SelectMany(_ => Turn())];

    private List<Session> TurnUntilFound()
    {
        var found = new List<Session>();
        for (var turn = 0; turn < 200 && found.Count == 0; turn++)
        {
            found = Turn();
        }

        return found;
    }
}
