using System.Net;
using System.Text;
using System.Threading.Channels;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>A body whose pieces a test writes, like the body of a client that is still sending.</summary>
internal sealed class PiecesContent : HttpContent
{
    private readonly Channel<(string Piece, TaskCompletionSource Written)> _pieces =
        Channel.CreateUnbounded<(string, TaskCompletionSource)>();

    private readonly TaskCompletionSource _sent = new();

    /// <summary>Whether the transfer of the body has begun.</summary>
    public bool IsBeingSent { get; private set; }

    /// <summary>Completes once the body has been sent; fails if the transfer was aborted.</summary>
    public Task Sending => _sent.Task;

    /// <summary>Writes a piece, and waits until it is written.</summary>
    public Task WriteAsync(string piece)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pieces.Writer.TryWrite((piece, written));
        return written.Task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
    }

    public void End() => _pieces.Writer.Complete();

    public void Fail() => _pieces.Writer.Complete(new IOException("The client is disconnected."));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsBeingSent = true;
        try
        {
            await foreach (var (piece, written) in _pieces.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(piece), cancellationToken);
                written.TrySetResult();
            }

            _sent.TrySetResult();
        }
        catch (Exception ex)
        {
            _sent.TrySetException(ex);
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
