using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>The terms of a drain; a null is replaced by the value in the cluster's configuration.</summary>
internal sealed record DrainRequest(
    double? RatePerSecond, TimeSpan? Over, DrainDeadline? Deadline, int? CloseCode, bool Force)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (RatePerSecond is { } rate)
        {
            json["ratePerSecond"] = rate;
        }

        if (Over is { } over)
        {
            json["overSeconds"] = over.TotalSeconds;
        }

        // Null is a value of this field: no deadline.
        if (Deadline is { } deadline)
        {
            json["deadlineSeconds"] = deadline.After?.TotalSeconds;
        }

        if (CloseCode is { } code)
        {
            json["closeCode"] = code;
        }

        if (Force)
        {
            json["force"] = true;
        }

        return json;
    }
}

/// <summary>The time after which a drain closes all remaining tunnels; null for no deadline.</summary>
internal readonly record struct DrainDeadline(TimeSpan? After);
