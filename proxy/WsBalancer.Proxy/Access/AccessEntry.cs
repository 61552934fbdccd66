using System.Net;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Access;

/// <summary>A line of the access log before it is written: the end of a tunnel, or a refusal.</summary>
internal sealed record AccessEntry
{
    /// <summary>When the tunnel ended, or the request was refused.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The label of the <see cref="TunnelEnd"/>, or of the refusal.</summary>
    public required string Reason { get; init; }

    public string? Tunnel { get; init; }

    public string? Cluster { get; init; }

    public string? Node { get; init; }

    public string? User { get; init; }

    public IPAddress? Client { get; init; }

    public string? Method { get; init; }

    public string? Path { get; init; }

    public string? Protocol { get; init; }

    /// <summary>The data path of the tunnel.</summary>
    public TunnelPath? Via { get; init; }

    /// <summary>The status of the response; null if there was none.</summary>
    public int? Status { get; init; }

    public int? CloseCode { get; init; }

    /// <summary>Whether the client did not answer the balancer's Close frame in time.</summary>
    public bool? IsForced { get; init; }

    /// <summary>How long the tunnel was open.</summary>
    public TimeSpan? Duration { get; init; }

    public TunnelTraffic? Traffic { get; init; }

    public AttemptTimes Attempts { get; init; }

    /// <summary>The time from the request to the 101, with every attempt.</summary>
    public TimeSpan? Handshake { get; init; }

    public string? TraceId { get; init; }

    /// <summary>Writes every field, in the order of the text format.</summary>
    public void WriteTo(IAccessFields fields, UserIdForm userId)
    {
        fields.Text("time", Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
        fields.Text("event", Traffic is null ? "refusal" : "tunnel");
        fields.Text("reason", Reason);
        fields.Number("status", Status);
        fields.Number("closeCode", CloseCode);
        fields.Flag("forced", IsForced);
        fields.Text("cluster", Cluster);
        fields.Text("node", Node);
        fields.Text("user", UserHash.Of(User, userId));
        fields.Text("client", Client?.ToString());
        fields.Text("method", Method);
        fields.Text("path", Path);
        fields.Text("protocol", Protocol);
        fields.Text("via", Via is { } via ? TunnelPathLabel.Of(via) : null);
        fields.Milliseconds("durationMs", Duration);
        fields.Number("bytesFromClient", Traffic?.BytesFromClient);
        fields.Number("bytesFromNode", Traffic?.BytesFromNode);
        fields.Number("framesFromClient", Traffic?.FramesFromClient);
        fields.Number("framesFromNode", Traffic?.FramesFromNode);
        fields.Number("attempts", Attempts.Count);
        fields.Milliseconds("handshakeMs", Handshake);
        fields.Milliseconds("connectMs", Attempts.Connect);
        fields.Milliseconds("firstByteMs", Attempts.FirstByte);
        fields.Text("tunnel", Tunnel);
        fields.Text("traceId", TraceId);
    }
}
