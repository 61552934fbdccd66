using System.Collections.Frozen;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The settings of one cluster under <c>WsBalancer:Clusters</c>: one immutable record for each source folder that has
/// settings. A folder reads only its own record.
/// </summary>
/// <param name="sections">The records, each of a different type.</param>
internal sealed class ClusterSettings(IEnumerable<object> sections)
{
    private readonly FrozenDictionary<Type, object> _sections =
        sections.ToFrozenDictionary(section => section.GetType());

    /// <summary>The record of this type. A type without a record is a programming error.</summary>
    public T Get<T>()
        where T : class => (T)_sections[typeof(T)];
}

/// <summary>
/// The source of the settings of the clusters. All settings are valid: a reload with a mistake is not applied.
/// </summary>
internal interface IClusterSettingsSource
{
    /// <summary>The settings of each cluster that the ring places, by cluster id.</summary>
    public IReadOnlyDictionary<string, ClusterSettings> Current { get; }

    /// <summary>
    /// The clusters in <see cref="Current"/> that the configuration no longer names, while it names another that YARP
    /// does not have: a mistyped name must not remove a cluster from the ring.
    /// </summary>
    public IReadOnlyCollection<string> Kept => [];

    /// <summary>The configuration path of the settings of a cluster.</summary>
    public string KeyOf(string cluster) => $"WsBalancer:Clusters:{cluster}";

    /// <summary>Raised after <see cref="Current"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>
    /// The record of a cluster; the defaults if the ring no longer places the cluster, which may still have pending
    /// requests.
    /// </summary>
    public T Get<T>(string cluster)
        where T : class, new() =>
        Current.TryGetValue(cluster, out var settings) ? settings.Get<T>() : new T();
}
