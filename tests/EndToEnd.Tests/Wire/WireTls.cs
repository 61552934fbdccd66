using System.Net.Security;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A TLS connection over a TCP connection.</summary>
internal sealed class WireTls(SslStream tls) : WireEnd
{
    public override void HalfClose() => tls.ShutdownAsync().Wait(Deadline.Default);

    public override void Reset() => throw new NotSupportedException("A reset is below TLS.");

    public override void Dispose() => tls.Dispose();

    protected override async Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        await tls.WriteAsync(bytes, cancellation);

    protected override ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation) =>
        tls.ReadAsync(buffer, cancellation);
}
