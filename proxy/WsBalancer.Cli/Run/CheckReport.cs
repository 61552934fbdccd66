using System.Text.Json.Serialization;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Cli.Run;

/// <summary>The result of <c>wsbalancer check</c> for a file.</summary>
/// <remarks>
/// <c>Notes</c> are valid settings that may be unintended. <c>Listen</c> has the addresses for clients, <c>Admin</c> is
/// that of the admin API. With a mistake, <c>Admin</c> is null, and <c>Listen</c>, <c>Clusters</c> and <c>Routes</c>
/// are empty.
/// </remarks>
internal sealed record CheckReport(
    string File,
    bool Valid,
    IReadOnlyList<CheckedMistake> Mistakes,
    IReadOnlyList<CheckedNote> Notes,
    IReadOnlyList<string> Listen,
    string? Admin,
    IReadOnlyList<CheckedCluster> Clusters,
    IReadOnlyList<CheckedRoute> Routes)
{
    /// <summary>The report on a file with mistakes.</summary>
    public static CheckReport Of(string file, IEnumerable<SettingsError> mistakes, IEnumerable<SettingsError> notes) =>
        new(
            file,
            false,
            [.. mistakes.Select(mistake => new CheckedMistake(KeyOf(mistake), mistake.Value, mistake.Message))],
            NotesOf(notes),
            [],
            null,
            [],
            []);

    /// <summary>The report on a file without a mistake.</summary>
    public static CheckReport Of(string file, CheckedConfiguration read, IEnumerable<SettingsError> notes) => new(
        file,
        true,
        [],
        NotesOf(notes),
        [.. ListenAddresses.Of(read.Configuration).Select(address => address.Url)],
        read.Settings.Admin.Address,
        [
            .. read.Clusters
                .OrderBy(cluster => cluster.ClusterId, StringComparer.Ordinal)
                .Select(cluster => ClusterOf(cluster, read)),
        ],
        [
            .. read.Routes
                .OrderBy(route => route.Order ?? 0)
                .ThenBy(route => route.RouteId, StringComparer.Ordinal)
                .Select(route => new CheckedRoute(
                    route.RouteId,
                    route.ClusterId,
                    route.Match.Path,
                    route.Match.Hosts ?? [],
                    route.Match.Methods ?? [],
                    route.Order)),
        ]);

    private static CheckedNote[] NotesOf(IEnumerable<SettingsError> notes) =>
        [.. notes.Select(note => new CheckedNote(KeyOf(note), note.Message))];

    // A mistake that concerns the whole file has no key.
    private static string? KeyOf(SettingsError error) => error.Key.Length == 0 ? null : error.Key;

    private static CheckedCluster ClusterOf(ClusterConfig cluster, CheckedConfiguration read)
    {
        var ring = read.Settings.Clusters.GetValueOrDefault(cluster.ClusterId)?.Get<RingSettings>().Algorithm;
        return new CheckedCluster(
            cluster.ClusterId,
            ring,
            [
                .. (cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
                    .OrderBy(node => node.Key, StringComparer.Ordinal)
                    .Select(node => new CheckedNode(
                        node.Key, Visible(node.Value.Address), ring is null ? null : NodeWeight.Of(node.Value))),
            ]);
    }

    // YARP accepts a user and a password in the address of a node that the ring does not place: they must stay secret.
    private static string Visible(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : address;
}

/// <summary>A mistake in the configuration.</summary>
/// <param name="Key">The key; null if the mistake concerns the whole file.</param>
/// <param name="Value">The value; null if the value is a secret, or if the key is the mistake.</param>
/// <param name="Message">A sentence with the key, the value, and what is expected.</param>
internal sealed record CheckedMistake(string? Key, string? Value, string Message);

/// <summary>A valid setting that may be unintended.</summary>
internal sealed record CheckedNote(string? Key, string Message);

/// <summary>A cluster. <c>Ring</c> is the algorithm that places users; null if YARP balances the cluster.</summary>
internal sealed record CheckedCluster(string Id, string? Ring, IReadOnlyList<CheckedNode> Nodes);

/// <summary>A node. <c>Weight</c> is null if YARP balances the cluster.</summary>
internal sealed record CheckedNode(string Id, string Address, int? Weight);

internal sealed record CheckedRoute(
    string Id,
    string? Cluster,
    string? Path,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Methods,
    int? Order);

/// <summary>Writes the report for <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;
