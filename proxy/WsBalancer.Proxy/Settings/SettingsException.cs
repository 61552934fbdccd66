namespace WsBalancer.Proxy.Settings;

/// <summary>The configuration has mistakes: <see cref="Exception.Message"/> has a sentence for each.</summary>
/// <remarks>
/// Thrown by the start of an application: by <c>Build</c>, <c>MapWsBalancer</c> or <c>Run</c>, whichever reads the
/// settings first.
/// </remarks>
public sealed class SettingsException : Exception
{
    internal SettingsException(IReadOnlyList<SettingsError> errors, Exception? cause = null)
        : base(Text([.. errors.Select(error => error.Message)]), cause) => Errors = errors;

    /// <summary>One sentence a mistake, with the key and the value.</summary>
    public IReadOnlyList<string> Mistakes => [.. Errors.Select(error => error.Message)];

    /// <summary>Null: the mistake is in the configuration, and no frame of the program helps to find it.</summary>
    // The frames of the container would hide the message.
    public override string? StackTrace => null;

    /// <summary>The mistakes with their keys.</summary>
    internal IReadOnlyList<SettingsError> Errors { get; }

    internal static void ThrowIfAny(IEnumerable<SettingsError> errors)
    {
        var all = errors.ToArray();
        if (all.Length > 0)
        {
            throw new SettingsException(all);
        }
    }

    private static string Text(string[] mistakes) =>
        $"The configuration has {(mistakes.Length == 1 ? "a mistake" : $"{mistakes.Length} mistakes")}:\n  "
        + string.Join("\n  ", mistakes);
}
