namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>All cases, by name.</summary>
internal static class AllCases
{
    private static readonly Dictionary<string, Case> ByName = ((IEnumerable<Case>)[
        .. TargetCases.All,
        .. HeaderCases.All,
        .. AnswerCases.All,
        .. FramingCases.All,
        .. FlowCases.All,
        .. UpgradeCases.All,
        .. SwitchCases.All,
        .. HostCases.All,
        .. ConnectionCases.All,
    ]).ToDictionary(found => found.Name);

    public static IEnumerable<string> Names => ByName.Keys;

    public static IEnumerable<string> Named(Func<Case, bool> matches) =>
        ByName.Values.Where(matches).Select(found => found.Name);

    public static Case Find(string name) => ByName[name];
}
