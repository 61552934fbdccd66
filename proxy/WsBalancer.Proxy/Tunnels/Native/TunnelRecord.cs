using System.Text.Json;
using System.Text.Json.Serialization;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// A live native tunnel, written down: whoever has its two connections can go on with it, in another loop or another
/// process.
/// </summary>
/// <remarks>
/// Only tunnels that are not closing are: the others end by themselves where they are. So nothing has to be said of
/// Close frames of ours, or of peers that have ended. Nor of what is paused, which follows from what is unsent.
/// </remarks>
/// <param name="Identity">Who it is for and where it leads.</param>
/// <param name="Past">What it has behind it.</param>
/// <param name="Client">The leg toward the client.</param>
/// <param name="Node">The leg toward the node.</param>
internal sealed record TunnelRecord(TunnelIdentity Identity, TunnelPast Past, LegRecord Client, LegRecord Node)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TunnelRecordJson.Default.TunnelRecord);

    /// <exception cref="JsonException">It is no such record.</exception>
    public static TunnelRecord Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, TunnelRecordJson.Default.TunnelRecord)
        ?? throw new JsonException("A tunnel is expected, not null.");
}

/// <summary>A leg of a <see cref="TunnelRecord"/>.</summary>
/// <param name="Descriptor">Its connection; another number for the same one in another process.</param>
/// <param name="Frames">Where in its frames is what was written to it.</param>
/// <param name="Unsent">What of that is still to be sent.</param>
internal sealed record LegRecord(int Descriptor, FrameState Frames, byte[] Unsent);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TunnelRecord))]
internal sealed partial class TunnelRecordJson : JsonSerializerContext;
