using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsBalancer.Proxy.Draining;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>
/// How to drain a node. A missing field is taken from the drain that is running, or else from the cluster's settings.
/// </summary>
internal sealed record DrainBody
{
    [Description("a number of tunnels a second in the whole fleet, at least; 0 closes none until the deadline")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatePerSecond { get; init; }

    [Description("a number of seconds to drain over, instead of a rate")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OverSeconds { get; init; }

    // Settable, since an init accessor is called for a missing field too, which differs from a deadline of null.
    [Description("a number of seconds until all tunnels are closed, or null for never")]
    public double? DeadlineSeconds
    {
        get => Deadline.Seconds;
        set => Deadline = value is { } seconds ? DrainDeadline.In(seconds) : DrainDeadline.None;
    }

    [Description(Framing.CloseCode.Allowed)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CloseCode { get; init; }

    [Description("true, to drain even if no other node takes users, or false")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Force { get; init; }

    /// <summary>The deadline, which is not a field of the body.</summary>
    internal DrainDeadline Deadline { get; set; }

    public DrainRequest ToRequest() => new()
    {
        RatePerSecond = RatePerSecond,
        OverSeconds = OverSeconds,
        Deadline = Deadline,
        CloseCode = CloseCode,
        Force = Force ?? false,
    };

    /// <summary>The body with the given fields only; a deadline of null is given, and means none.</summary>
    public string ToJson()
    {
        var json = JsonSerializer.SerializeToNode(this, AdminJson.Default.DrainBody)!.AsObject();
        if (!Deadline.IsGiven)
        {
            json.Remove("deadlineSeconds");
        }

        return json.ToJsonString();
    }
}
