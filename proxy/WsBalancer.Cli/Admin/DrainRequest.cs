using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>How to drain a node; what is null is left to the cluster's configuration.</summary>
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

        // Null is a value here: no deadline at all.
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

/// <summary>By when a drain is to be finished: after so long, or, with null, never.</summary>
internal readonly record struct DrainDeadline(TimeSpan? After);
