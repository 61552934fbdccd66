using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// Every transport is limited, wherever and whenever it is registered; otherwise the start logs a warning.
/// </summary>
public sealed class LimitedTransportTests : IDisposable
{
    // More descriptors than any process has.
    private const int AllDescriptors = 1 << 30;

    private readonly MemoryTransport _inner = new();
    private readonly FirstByteTimeouts _timeouts = new(null, TimeProvider.System);
    private readonly DescriptorShortage _shortage = new(
        TimeProvider.System, new Refusals(), NullLogger<DescriptorShortage>.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectionWithoutASocket_ForWhichThereIsNoDescriptor_IsAnsweredAndClosed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted on Linux only.");
        await using var listener = await BindAsync(new ConnectionLimits(AllDescriptors, _shortage, _timeouts));

        var client = _inner.Connect();
        var accept = listener.AcceptAsync(Cancellation).AsTask();

        Assert.Equal("refused", await ReadToEndAsync(client));
        _inner.Stop();
        Assert.Null(await accept);
    }

    [Fact]
    public async Task ConnectionAboveTheMost_IsAnswered_AndTheNextAfterAnEndIsAccepted()
    {
        await using var listener = await BindAsync(new ConnectionLimits(0, _shortage, _timeouts)
        {
            Maximum = new ConnectionMaximum(() => 1, () => "full"u8.ToArray()),
        });
        _inner.Connect();
        var first = await listener.AcceptAsync(Cancellation);

        var second = _inner.Connect();
        var accept = listener.AcceptAsync(Cancellation).AsTask();
        Assert.Equal("full", await ReadToEndAsync(second));
        await first!.DisposeAsync();
        _inner.Connect();

        Assert.NotNull(await accept);
    }

    [Fact]
    public void ServerRegisteredLater_IsLimited()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddReverseProxy().AddWsBalancer();
        builder.WebHost.UseKestrelCore();

        Assert.DoesNotContain(builder.Services, LimitedTransport.IsUnlimited);
    }

    [Fact]
    public void EventLoopsAndOtherTransports_InAnyOrder_AreLimited()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IConnectionListenerFactory>(_inner);
        builder.WebHost.UseKestrelCore().UseWsBalancerSockets();
        builder.Services.AddReverseProxy().AddWsBalancer();
        builder.WebHost.UseWsBalancerSockets();

        Assert.DoesNotContain(builder.Services, LimitedTransport.IsUnlimited);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TransportWithoutLimits_IsWarnedOf(bool isRegisteredLater)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted on Linux only.");
        await using var node = new TestNode("ws-1");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", node.Address)),
            services: services =>
            {
                if (isRegisteredLater)
                {
                    services.AddSingleton<IConnectionListenerFactory>(_inner);
                }
            });

        await app.StartAsync();

        Assert.Equal(isRegisteredLater, app.Logs.GetSnapshot().Any(line =>
            line.Level == LogLevel.Warning && line.Message.Contains("AddWsBalancer last", StringComparison.Ordinal)));
    }

    public void Dispose()
    {
        _shortage.Dispose();
        _timeouts.Dispose();
    }

    private ValueTask<IConnectionListener> BindAsync(ConnectionLimits limits) =>
        new LimitedTransport(_inner, limits, NullLogger<LimitedTransport>.Instance)
            .BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);

    private static async Task<string> ReadToEndAsync(PipeReader client)
    {
        using var bytes = new MemoryStream();
        await client.CopyToAsync(bytes, Cancellation);
        return Encoding.ASCII.GetString(bytes.ToArray());
    }

    /// <summary>A transport whose connections are pipes. The server binds no address to it.</summary>
    private sealed class MemoryTransport
        : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
    {
        private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();

        public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, 1);

        /// <returns>The bytes that the client receives.</returns>
        public PipeReader Connect()
        {
            var (input, output) = (new Pipe(), new Pipe());
            var connection = new DefaultConnectionContext
            {
                Transport = new MemoryPipes(input.Reader, output.Writer),
            };
            _accepted.Writer.TryWrite(new MemoryConnection(connection, output.Writer));
            return output.Reader;
        }

        public void Stop() => _accepted.Writer.Complete();

        public bool CanBind(EndPoint endpoint) => false;

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IConnectionListener>(this);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken) =>
            await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection)
                ? connection
                : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class MemoryConnection(ConnectionContext inner, PipeWriter output) : DelegatingConnection(inner)
    {
        public override async ValueTask DisposeAsync()
        {
            await output.CompleteAsync();
            await base.DisposeAsync();
        }
    }

    private sealed record MemoryPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Refusals : IClientRefusal
    {
        public byte[] Refused() => "refused"u8.ToArray();
    }
}
