using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using WsBalancer.BackendSample.Serving;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

public sealed class ConnectionStreamTests : IAsyncDisposable
{
    private const int BatchBytes = 8;

    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly ConnectionStream _stream;

    public ConnectionStreamTests() => _stream = new ConnectionStream(
        new DefaultConnectionContext { Transport = new Transport(_input.Reader, _output.Writer) }, BatchBytes);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    [Fact]
    public async Task AWrite_IsFlushedAtOnce()
    {
        await WriteAsync("abc");

        Assert.Equal("abc", Flushed());
    }

    [Fact]
    public async Task AWriteInABatch_IsFlushedByTheNextOneOutsideIt()
    {
        _stream.IsBatch = true;
        await WriteAsync("a");
        await WriteAsync("b");
        Assert.Equal("", Flushed());

        _stream.IsBatch = false;
        await WriteAsync("c");

        Assert.Equal("abc", Flushed());
    }

    [Fact]
    public async Task AWriteThatCompletesABatch_IsFlushed()
    {
        _stream.IsBatch = true;
        await WriteAsync(new string('a', BatchBytes - 1));
        Assert.Equal("", Flushed());

        await WriteAsync("b");

        Assert.Equal($"{new string('a', BatchBytes - 1)}b", Flushed());
    }

    [Fact]
    public async Task AReadWithoutABuffer_WaitsForBytesAndConsumesNone()
    {
        var waiting = _stream.ReadAsync(Memory<byte>.Empty, Deadline.Token).AsTask();
        Assert.False(waiting.IsCompleted);

        await _input.Writer.WriteAsync("abc"u8.ToArray(), Deadline.Token);

        Assert.Equal(0, await waiting);
        var buffer = new byte[2];
        Assert.Equal(2, await _stream.ReadAsync(buffer, Deadline.Token));
        Assert.Equal("ab"u8.ToArray(), buffer);
        Assert.Equal(1, await _stream.ReadAsync(buffer, Deadline.Token));
    }

    [Fact]
    public async Task Dispose_EndsAPendingRead()
    {
        var pending = _stream.ReadAsync(new byte[1], Deadline.Token).AsTask();

        await _stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
    }

    [Fact]
    public async Task AWriteToAClosedConnection_Fails()
    {
        await _output.Reader.CompleteAsync();

        await Assert.ThrowsAsync<IOException>(() => WriteAsync("a"));
    }

    private Task WriteAsync(string text) => _stream.WriteAsync(Encoding.UTF8.GetBytes(text), Deadline.Token).AsTask();

    private string Flushed()
    {
        if (!_output.Reader.TryRead(out var read))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(read.Buffer);
        _output.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
