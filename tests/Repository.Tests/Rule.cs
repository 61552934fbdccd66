namespace WsBalancer.Repository.Tests;

/// <summary>Asserts that a rule holds: the failure lists every place that breaks the rule.</summary>
internal static class Rule
{
    /// <summary>Fails with the whole list, not with its first few entries.</summary>
    public static void Holds(IEnumerable<string> violations)
    {
        var list = violations.ToList();

        Assert.True(list.Count == 0, $"{list.Count} places break the rule:\n{string.Join('\n', list)}");
    }
}
