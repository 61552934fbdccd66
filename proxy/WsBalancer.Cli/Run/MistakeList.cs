namespace WsBalancer.Cli.Run;

/// <summary>Mistakes of a configuration, as a person reads them: one line each.</summary>
internal static class MistakeList
{
    public static async Task WriteAsync(TextWriter errors, IReadOnlyList<string> mistakes)
    {
        var count = mistakes is [_] ? "a mistake" : $"{mistakes.Count} mistakes";
        await errors.WriteLineAsync($"The configuration has {count}:");
        foreach (var mistake in mistakes)
        {
            await errors.WriteLineAsync($"  {mistake}");
        }
    }
}
