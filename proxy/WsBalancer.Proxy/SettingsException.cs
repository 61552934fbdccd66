namespace WsBalancer.Proxy;

/// <summary>The configuration has mistakes, each told in a sentence of its own.</summary>
public sealed class SettingsException : Exception
{
    internal SettingsException(IReadOnlyList<string> mistakes)
        : base($"The configuration has {mistakes.Count} mistakes:\n  {string.Join("\n  ", mistakes)}") =>
        Mistakes = mistakes;

    /// <summary>One sentence a mistake, with the key and the value.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    internal static void ThrowIfAny(IEnumerable<string> mistakes)
    {
        var all = mistakes.ToArray();
        if (all.Length > 0)
        {
            throw new SettingsException(all);
        }
    }
}
