using System.Text.Json.Serialization;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Fleet;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Cli.Run;

/// <summary>The result of <c>wsbalancer check</c> for a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Valid">Whether it has no mistake.</param>
/// <param name="Mistakes">The mistakes.</param>
/// <param name="Notes">Valid settings that may be unintended.</param>
/// <param name="Listen">Where clients would connect. Empty, as the rest, if there is a mistake.</param>
/// <param name="Admin">Where the admin API would listen; null if there is a mistake.</param>
/// <param name="Clusters">The clusters.</param>
/// <param name="Routes">The routes.</param>
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
    /// <param name="file">The file.</param>
    /// <param name="mistakes">The mistakes.</param>
    /// <param name="notes">The notes, which are no mistakes.</param>
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
    /// <param name="file">The file.</param>
    /// <param name="read">What is in it.</param>
    /// <param name="notes">The notes, which are no mistakes.</param>
    public static CheckReport Of(string file, CheckedConfiguration read, IEnumerable<SettingsError> notes) => new(
        file,
        true,
        [],
        NotesOf(notes),
        [.. ListenAddresses.Of(read.Configuration).Select(address => address.Url)],
        read.Settings.Admin.Address,
        [
            .. read.Proxy!.Clusters
                .OrderBy(cluster => cluster.ClusterId, StringComparer.Ordinal)
                .Select(cluster => ClusterOf(cluster, read)),
        ],
        [
            .. read.Proxy.Routes
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

    // Of the whole file, without a key.
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

    // YARP takes a user and a password in the address of a node that the ring does not place.
    private static string Visible(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : address;
}

/// <summary>A mistake.</summary>
/// <param name="Key">The key; null if it is one of the whole file.</param>
/// <param name="Value">The value; null if it is a secret, or the key is the mistake.</param>
/// <param name="Message">A sentence with both, and what is expected.</param>
internal sealed record CheckedMistake(string? Key, string? Value, string Message);

/// <summary>A valid setting that may be unintended.</summary>
internal sealed record CheckedNote(string? Key, string Message);

/// <summary>A cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Ring">The algorithm that places users; null if YARP balances it.</param>
/// <param name="Nodes">Its nodes.</param>
internal sealed record CheckedCluster(string Id, string? Ring, IReadOnlyList<CheckedNode> Nodes);

/// <summary>A node.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Its address.</param>
/// <param name="Weight">Its weight; null if YARP balances the cluster.</param>
internal sealed record CheckedNode(string Id, string Address, int? Weight);

/// <summary>A route.</summary>
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
