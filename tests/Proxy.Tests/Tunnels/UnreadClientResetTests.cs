using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class UnreadClientResetTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeConnection _connection = new();
    private readonly FakeStream _stream = new();

    [Fact]
    public void Client_ThatStaysAfterItsTunnel_IsReset()
    {
        UnreadClientReset.ResetAfter(RequestOver("HTTP/1.1"), ignoredClose: false, CloseTimeout, _time);

        _time.Advance(CloseTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _connection.Aborts);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _connection.Aborts);
    }

    [Fact]
    public void Client_ThatDisconnectsInTime_IsNotReset()
    {
        UnreadClientReset.ResetAfter(RequestOver("HTTP/1.1"), ignoredClose: false, CloseTimeout, _time);
        _connection.End();
        _time.Advance(CloseTimeout);

        Assert.Equal(0, _connection.Aborts);
    }

    [Theory]
    [InlineData(true, 8)]
    [InlineData(false, null)]
    public void Stream_WhoseClientIgnoredItsClose_IsResetWithoutItsConnection(bool ignoredClose, int? with)
    {
        UnreadClientReset.ResetAfter(RequestOver("HTTP/2"), ignoredClose, CloseTimeout, _time);
        _time.Advance(CloseTimeout);

        Assert.Equal((with, 0), (_stream.ResetWith, _connection.Aborts));
    }

    private DefaultHttpContext RequestOver(string protocol)
    {
        var context = new DefaultHttpContext();
        context.Request.Protocol = protocol;
        context.Features.Set<IConnectionLifetimeFeature>(_connection);
        context.Features.Set<IHttpResetFeature>(_stream);
        return context;
    }

    private sealed class FakeStream : IHttpResetFeature
    {
        public int? ResetWith { get; private set; }

        public void Reset(int errorCode) => ResetWith = errorCode;
    }

    private sealed class FakeConnection : IConnectionLifetimeFeature
    {
        private readonly CancellationTokenSource _closed = new();

        public FakeConnection() => ConnectionClosed = _closed.Token;

        public int Aborts { get; private set; }

        public CancellationToken ConnectionClosed { get; set; }

        public void Abort() => Aborts++;

        public void End() => _closed.Cancel();
    }
}
