namespace WsBalancer.Proxy.Fleet;

/// <summary>Finds the id of a node that a request names.</summary>
internal static class NodeIds
{
    /// <summary>
    /// The requested id if it is one of the ids; otherwise the first id that differs only in case. Null without either.
    /// The ring distinguishes case in ids, and YARP and operators do not.
    /// </summary>
    public static string? Match(IEnumerable<string> ids, string requested)
    {
        string? similar = null;
        foreach (var id in ids)
        {
            if (id == requested)
            {
                return id;
            }

            similar ??= string.Equals(id, requested, StringComparison.OrdinalIgnoreCase) ? id : null;
        }

        return similar;
    }
}
