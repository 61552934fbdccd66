using System.Collections.Frozen;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// What is configured for one cluster under <c>WsBalancer:Clusters</c>: one immutable record for each folder that has
/// something to set. A folder asks for its own record and knows no other's.
/// </summary>
/// <param name="sections">The records, each of another type.</param>
internal sealed class ClusterSettings(IEnumerable<object> sections)
{
    private readonly FrozenDictionary<Type, object> _sections =
        sections.ToFrozenDictionary(section => section.GetType());

    /// <summary>
    /// The record of this type. It must be registered: asking for another is a mistake in this program.
    /// </summary>
    public T Get<T>()
        where T : class => (T)_sections[typeof(T)];
}

/// <summary>Where the settings of the clusters come from. They are validated; a wrong reload never gets here.</summary>
internal interface IClusterSettingsSource
{
    /// <summary>The clusters that the ring places, with what is configured for each.</summary>
    public IReadOnlyDictionary<string, ClusterSettings> Current { get; }

    /// <summary>
    /// Those of <see cref="Current"/> that the configuration no longer names, while it names one that YARP does not
    /// have: a name that was mistyped takes no cluster from the ring.
    /// </summary>
    public IReadOnlyCollection<string> Kept => [];

    /// <summary>The full path of the settings of a cluster.</summary>
    public string KeyOf(string cluster) => $"WsBalancer:Clusters:{cluster}";

    /// <summary>Raised after <see cref="Current"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>
    /// The record of a cluster. The defaults, if the ring no longer places the cluster: requests that it had are still
    /// pending.
    /// </summary>
    public T Get<T>(string cluster)
        where T : class, new() =>
        Current.TryGetValue(cluster, out var settings) ? settings.Get<T>() : new T();
}
