using System.Text.Json;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A record from outside of the process that is set aside, as the API shows it.</summary>
/// <param name="Source">The source of the record: stateFile, sharedState, registrations, reports or messages.</param>
/// <param name="Record">The name of the record in its source.</param>
/// <param name="Mistake">Why the record is set aside.</param>
/// <param name="Since">The time at which the record was first read with this content.</param>
internal sealed record ProblemView(string Source, string Record, string Mistake, DateTimeOffset Since)
{
    /// <summary>The problems of a cluster, and those whose cluster cannot be read.</summary>
    public static IReadOnlyList<ProblemView> In(string cluster, IReadOnlyList<BadRecord> bad) =>
    [
        .. bad.Where(record => record.Cluster is not { } of
                || string.Equals(of, cluster, StringComparison.OrdinalIgnoreCase))
            .Select(record => new ProblemView(
                JsonNamingPolicy.CamelCase.ConvertName($"{record.Source}"), record.Name, record.Mistake, record.Since)),
    ];
}
