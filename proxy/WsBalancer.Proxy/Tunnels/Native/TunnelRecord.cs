using System.Text.Json;
using System.Text.Json.Serialization;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// The state of a released native tunnel. With this record and the two connections, another loop or another process
/// can continue the tunnel.
/// </summary>
/// <remarks>
/// Only tunnels that are not closing are recorded; the others end where they are. So a record contains no Close frame
/// of the balancer and no FIN of a peer. Whether a leg is paused follows from the unsent bytes.
/// </remarks>
/// <param name="Identity">The user and the node of the tunnel.</param>
/// <param name="Past">The history of the tunnel.</param>
/// <param name="Client">The leg toward the client.</param>
/// <param name="Node">The leg toward the node.</param>
internal sealed record TunnelRecord(TunnelIdentity Identity, TunnelHistory Past, LegRecord Client, LegRecord Node)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TunnelRecordJson.Default.TunnelRecord);

    /// <exception cref="JsonException">The bytes are no record of a tunnel.</exception>
    public static TunnelRecord Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, TunnelRecordJson.Default.TunnelRecord)
        ?? throw new JsonException("A tunnel is expected, not null.");
}

/// <summary>A leg of a <see cref="TunnelRecord"/>.</summary>
/// <param name="Descriptor">The connection of the leg; in another process it has another number.</param>
/// <param name="Frames">The position in the frames that were written to the leg.</param>
/// <param name="Unsent">The last bytes that were written to the leg and not yet sent.</param>
internal sealed record LegRecord(int Descriptor, FrameState Frames, byte[] Unsent);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TunnelRecord))]
internal sealed partial class TunnelRecordJson : JsonSerializerContext;
