namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// The types of devices that are counted. Clients choose the names, and each name becomes a series of the metrics: so
/// only a limited number of them is counted, and the others count together.
/// </summary>
internal sealed class DeviceTypes
{
    /// <summary>The most types that are counted, in the order in which clients sent them.</summary>
    public const int MaxTypes = 20;

    /// <summary>The type of all devices that are not counted on their own.</summary>
    public const string Other = "other";

    private readonly Lock _lock = new();
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);

    /// <summary>The type under which a device is counted.</summary>
    public string Find(string device)
    {
        lock (_lock)
        {
            if (_types.TryGetValue(device, out var type))
            {
                return type;
            }

            return _types.Count < MaxTypes && IsName(device) && _types.Add(device) ? device : Other;
        }
    }

    private static bool IsName(string device) => device.All(letter =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-');
}
