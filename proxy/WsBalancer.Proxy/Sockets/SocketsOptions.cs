using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using WsBalancer.Proxy.Sockets.Engines;

namespace WsBalancer.Proxy.Sockets;

/// <summary>What carries the connections of the data host. Bound from <c>WsBalancer:Sockets</c>.</summary>
internal sealed record SocketsOptions : IValidatableObject
{
    /// <summary>The event loops' engine, or none. Default: the best that there is.</summary>
    public SocketEngine Engine { get; init; } = SocketEngine.Auto;

    /// <summary>Event loops, a thread each. Default: one for each core.</summary>
    [Range(1, 1024)]
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// What a native tunnel keeps of what its readers have not taken, half of it each way, before the writer is read
    /// no more. Default: 256 KB.
    /// </summary>
    // As much as a socket's own buffers commonly grow to: more only hides a slow reader, at the price of memory. At
    // least what one receive brings, each way: that much is kept in any case.
    [Range(typeof(ByteSize), "128KB", "64MB")]
    public ByteSize MaxBufferedPerTunnel { get; init; } = 256 * 1024;

    /// <summary>
    /// What all tunnels together keep of what their readers have not taken. Beyond it, the tunnels that keep most are
    /// reset. Default: 1 GB; never more than half of the memory that the process may use.
    /// </summary>
    // At least what a hundred stuck tunnels keep by default: less would reset the users of a short outage.
    [Range(typeof(ByteSize), "32MB", "1024GB")]
    public ByteSize MaxBuffered { get; init; } = 1024 * 1024 * 1024;

    /// <summary><see cref="MaxBuffered"/>, or half of the memory that the process may use if that is less.</summary>
    internal long BufferBound => Math.Min(MaxBuffered.Bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>The addresses of this machine from which nodes are connected to, in turn. Default: the system's choice.
    /// </summary>
    // A node's address and port can be reached from one source address only as often as there are local ports.
    public IReadOnlyList<IPAddress> SourceAddresses { get; init; } = [];

    /// <summary>
    /// Closes the connection of a client that has sent nothing for so long after it connected. Default: 60 s.
    /// </summary>
    // As in nginx (client_header_timeout). Browsers connect before they have a request.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>By what is in them: the addresses are a list, which is compared as such.</summary>
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
