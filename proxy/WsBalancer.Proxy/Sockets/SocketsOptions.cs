using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using WsBalancer.Proxy.Settings;
using WsBalancer.Sockets.Engines;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Settings of the sockets of the data host. Bound from <c>WsBalancer:Sockets</c>.</summary>
internal sealed record SocketsOptions : IValidatableObject
{
    /// <summary>The engine of the event loops, or none. Default: the best that the system supports.</summary>
    public SocketEngine Engine { get; init; } = SocketEngine.Auto;

    /// <summary>The number of event loops, of one thread each. Default: one for each core.</summary>
    [Range(1, 1024)]
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many bytes a native tunnel buffers for slow readers, half of them in each direction. At that number, the
    /// tunnel receives no more from the writer. Default: 256 KB.
    /// </summary>
    // The default is the size to which a socket's own buffers commonly grow: more only hides a slow reader, and costs
    // memory. The minimum is what one receive returns, in each direction: the tunnel buffers that much in any case.
    [Range(typeof(ByteSize), "128KB", "64MB")]
    public ByteSize MaxBufferedPerTunnel { get; init; } = 256 * 1024;

    /// <summary>
    /// How many bytes all tunnels together buffer for slow readers. Above that number, the tunnels that buffer most are
    /// reset. Default: 1 GB; never more than half of the memory that the process may use.
    /// </summary>
    // The minimum is what a hundred stuck tunnels buffer by default: less would reset tunnels in a short outage.
    [Range(typeof(ByteSize), "32MB", "1024GB")]
    public ByteSize MaxBuffered { get; init; } = 1024 * 1024 * 1024;

    /// <summary><see cref="MaxBuffered"/>, or half of the memory that the process may use if that is less.</summary>
    internal long BufferBound => Math.Min(MaxBuffered.Bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>The local addresses of connections to nodes, used in turn. Default: the system's choice.</summary>
    // There can be only one connection from each local port of a source address to the address and port of a node.
    public IReadOnlyList<IPAddress> SourceAddresses { get; init; } = [];

    /// <summary>
    /// How long a client may send nothing after it connected, before its connection is closed. Default: 60 s.
    /// </summary>
    // As in nginx (client_header_timeout). Browsers connect before they have a request.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The part of the settings that the event loops and the transport use.</summary>
    public LoopOptions ToLoopOptions() => new()
    {
        Engine = Engine,
        Count = Loops,
        MaxBuffered = BufferBound,
        FirstByteTimeout = FirstByteTimeout,
    };

    /// <summary>Compares the addresses by value; the generated method would compare references to lists.</summary>
    public bool Equals(SocketsOptions? other) =>
        other is not null
        && (Engine, Loops, MaxBufferedPerTunnel, MaxBuffered, FirstByteTimeout)
            == (other.Engine, other.Loops, other.MaxBufferedPerTunnel, other.MaxBuffered, other.FirstByteTimeout)
        && SourceAddresses.SequenceEqual(other.SourceAddresses);

    public override int GetHashCode() => HashCode.Combine(
        Engine, Loops, MaxBufferedPerTunnel, MaxBuffered, FirstByteTimeout, SourceAddresses.Count);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < SourceAddresses.Count; i++)
        {
            var address = SourceAddresses[i];
            if (!MayBeSource(address))
            {
                yield return new ValidationResult(
                    "expected an address of this machine", [$"{nameof(SourceAddresses)}:{i}"]);
            }
            else if (SourceAddresses.Take(i).Contains(address))
            {
                yield return new ValidationResult("expected each address once", [$"{nameof(SourceAddresses)}:{i}"]);
            }
        }
    }

    private static bool MayBeSource(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? !address.Equals(IPAddress.Any) && address.GetAddressBytes()[0] < 224
        : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;
}
