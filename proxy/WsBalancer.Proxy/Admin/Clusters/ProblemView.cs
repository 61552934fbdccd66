using System.Text.Json;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A record from outside that is set aside, as the API shows it.</summary>
/// <param name="Source">Where it was read: stateFile, sharedState, registrations, reports or messages.</param>
/// <param name="Record">Which one it is.</param>
/// <param name="Mistake">What is wrong with it.</param>
/// <param name="Since">When it was first read with this content.</param>
internal sealed record ProblemView(string Source, string Record, string Mistake, DateTimeOffset Since)
{
    /// <summary>Those of a cluster, and those whose cluster cannot be read.</summary>
    public static IReadOnlyList<ProblemView> In(string cluster, IReadOnlyList<BadRecord> bad) =>
    [
        .. bad.Where(record => record.Cluster is not { } of
                || string.Equals(of, cluster, StringComparison.OrdinalIgnoreCase))
            .Select(record => new ProblemView(
                JsonNamingPolicy.CamelCase.ConvertName($"{record.Source}"), record.Name, record.Mistake, record.Since)),
    ];
}
