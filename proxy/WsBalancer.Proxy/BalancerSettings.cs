using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy;

/// <summary>Everything under <c>WsBalancer</c> in the configuration, read and checked. Immutable.</summary>
/// <param name="Admin">The admin API. Read at the start only.</param>
/// <param name="State">The store of changes made at run time. Read at the start only.</param>
/// <param name="Shutdown">How this balancer stops. Read at the start only.</param>
/// <param name="Sockets">The transport of connections. Read at the start only.</param>
/// <param name="Reload">The changes that a reload may make.</param>
/// <param name="Log">How much is logged.</param>
/// <param name="AccessLog">The access log.</param>
/// <param name="TrustedProxies">The peers whose forwarding headers are kept.</param>
/// <param name="ProxyProtocol">The peers whose connections begin with a PROXY header.</param>
/// <param name="ForwardedHeaders">The forwarding headers that are removed and sent.</param>
/// <param name="Clusters">The clusters that the ring places. Ids ignore case, as YARP's do.</param>
internal sealed record BalancerSettings(
    AdminOptions Admin,
    StateOptions State,
    ShutdownOptions Shutdown,
    SocketsOptions Sockets,
    ReloadOptions Reload,
    LogOptions Log,
    AccessLogOptions AccessLog,
    TrustedProxies TrustedProxies,
    ProxyProtocolOptions ProxyProtocol,
    ForwardingOptions ForwardedHeaders,
    IReadOnlyDictionary<string, ClusterSettings> Clusters)
{
    /// <summary>The name of the section.</summary>
    public const string Section = SettingsOrigin.Section;

    // Each folder with settings of a cluster has a record, read from a section of its own. Three more records are read
    // from the section of the cluster itself.
    private static readonly (string Name, Type Type)[] Sections =
    [
        ("Ring", typeof(RingSettings)),
        ("Registration", typeof(RegistrationOptions)),
        ("Handshake", typeof(HandshakeOptions)),
        ("Requests", typeof(RequestOptions)),
        ("Health", typeof(HealthOptions)),
        ("Readiness", typeof(ReadinessOptions)),
        ("Tunnels", typeof(TunnelOptions)),
        ("Drain", typeof(DrainOptions)),
        ("AutoRebalance", typeof(AutoRebalanceOptions)),
        ("Limits", typeof(LimitOptions)),
    ];

    /// <summary>
    /// Reads the section. The result is valid only if no mistake was added to <paramref name="errors"/>.
    /// </summary>
    public static BalancerSettings Read(IConfiguration configuration, List<SettingsError> errors) =>
        ReadSection(configuration.GetSection(Section), errors);

    /// <inheritdoc cref="Read"/>
    /// <param name="section">The section, whatever its name.</param>
    /// <param name="errors">Where mistakes are added.</param>
    /// <param name="namesUsers">Whether the application names the users: a cluster needs no source of ids then.</param>
    public static BalancerSettings ReadSection(
        IConfigurationSection section, List<SettingsError> errors, bool namesUsers = false)
    {
        var reader = new SettingsReader(errors);
        var root = reader.Read<RootOptions>(
            section,
            nameof(Admin),
            nameof(State),
            nameof(Shutdown),
            nameof(Sockets),
            nameof(Reload),
            nameof(Log),
            nameof(AccessLog),
            nameof(ProxyProtocol),
            nameof(ForwardedHeaders),
            nameof(Clusters));
        if (!TrustedProxies.TryParse(root.TrustedProxies, out var trusted, out var mistake))
        {
            var key = $"{section.Path}:{nameof(TrustedProxies)}";
            errors.Add(new SettingsError(key, $"{key}: {mistake}"));
        }

        var clusters = section.GetSection(nameof(Clusters)).GetChildren().ToDictionary(
            cluster => cluster.Key,
            cluster => ReadCluster(reader, cluster, trusted ?? TrustedProxies.None, namesUsers, errors),
            StringComparer.OrdinalIgnoreCase);
        return new BalancerSettings(
            reader.Read<AdminOptions>(section.GetSection(nameof(Admin))),
            reader.Read<StateOptions>(section.GetSection(nameof(State))),
            reader.Read<ShutdownOptions>(section.GetSection(nameof(Shutdown))),
            reader.Read<SocketsOptions>(section.GetSection(nameof(Sockets))),
            reader.Read<ReloadOptions>(section.GetSection(nameof(Reload))),
            reader.Read<LogOptions>(section.GetSection(nameof(Log))),
            reader.Read<AccessLogOptions>(section.GetSection(nameof(AccessLog))),
            trusted ?? TrustedProxies.None,
            reader.Read<ProxyProtocolOptions>(section.GetSection(nameof(ProxyProtocol))),
            reader.Read<ForwardingOptions>(section.GetSection(nameof(ForwardedHeaders))),
            clusters);
    }

    /// <summary>The sections that are read at the start only and have changed.</summary>
    public IEnumerable<string> ChangedOfTheStart(BalancerSettings before, string path = Section) =>
        from section in new (string Name, object Now, object Before)[]
        {
            (nameof(Admin), Admin, before.Admin),
            (nameof(State), State, before.State),
            (nameof(Shutdown), Shutdown, before.Shutdown),
            (nameof(Sockets), Sockets, before.Sockets),
        }
        where !section.Now.Equals(section.Before)
        select $"{path}:{section.Name}";

    private static ClusterSettings ReadCluster(
        SettingsReader reader,
        IConfigurationSection section,
        TrustedProxies trusted,
        bool namesUsers,
        List<SettingsError> errors)
    {
        var before = errors.Count;
        var names = Sections.Select(other => other.Name).ToArray();
        var identity = reader.Read<IdentityOptions>(
            section, [nameof(PlacementOptions.FollowLive), nameof(NodeConnectionOptions.ProxyProtocol), .. names]);

        var userKey = section.GetSection(nameof(IdentityOptions.UserKey));
        if (!namesUsers && identity.UserKey.Count == 0 && !errors.Exists(error => error.Key == userKey.Path))
        {
            errors.Add(IdentityOptions.MissingUserKey(userKey.Path));
        }

        // The same section is read again; its unknown keys are in the errors already.
        string[] keys = [.. section.GetChildren().Select(child => child.Key)];
        var placement = reader.Read<PlacementOptions>(section, keys);
        var connections = reader.Read<NodeConnectionOptions>(section, keys);
        var records = new List<object> { identity, placement, connections };
        records.AddRange(Sections.Select(other => reader.Read(other.Type, section.GetSection(other.Name))));
        if (errors.Count == before)
        {
            // Other balancers hash the text as it is in the request, so a ring that reproduces theirs must do the same.
            var isRaw = records.OfType<RingSettings>().Single().Kind is { HasKeys: true };
            records.Add(identity.CreateIdentity(() => trusted, isRaw));
        }

        return new ClusterSettings(records);
    }

    /// <summary>The sections that are read at the start only.</summary>
    public static IEnumerable<string> OfTheStart =>
        ((string[])[nameof(Admin), nameof(State), nameof(Shutdown), nameof(Sockets)])
        .Select(section => $"{Section}:{section}");

    private sealed record RootOptions
    {
        public IReadOnlyList<string> TrustedProxies { get; init; } = [];
    }
}
