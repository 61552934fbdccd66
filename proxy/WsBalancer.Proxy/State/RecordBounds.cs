using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The bounds of every part of a record. The admin API and the store accept only values within these bounds; a record
/// from the state file or from Redis that is out of bounds is set aside.
/// </summary>
internal static class RecordBounds
{
    /// <summary>The highest rate of a drain or a rebalance, in tunnels per second.</summary>
    public const double HighestRate = 1_000_000;

    /// <summary>The longest deadline of a drain: 7 days.</summary>
    public const double LongestSeconds = 7 * 24 * 3600;

    private const int LongestName = 100;
    private const int LongestCluster = 253;
    private const int LongestReason = 1_000;

    private const string ExpectedName = "1 to 100 characters without control characters";

    /// <summary>The first part of a record that is out of its bounds, and what was expected; null if none is.</summary>
    public static string? MistakeIn(StateRecord record) =>
        MistakeIn(record.Key) ?? MistakeIn(record.Version) ?? (record.Value is { } value ? MistakeIn(value) : null);

    /// <summary>Whether a text is the name of a writer, an operation or a tunnel.</summary>
    public static bool IsName(string? text) => IsText(text, LongestName);

    /// <summary>Whether a text may be the id of a cluster.</summary>
    public static bool IsCluster(string? text) => IsText(text, LongestCluster);

    public static bool IsRate(double rate) => rate is >= 0 and <= HighestRate;

    private static string? MistakeIn(StateKey key) => key switch
    {
        _ when !IsCluster(key.Cluster) =>
            $"its cluster is '{key.Cluster}': expected 1 to {LongestCluster} characters without control characters",
        { Kind: StateKind.Blend or StateKind.Rebalance } when key.Node.Length > 0 =>
            $"its node is '{key.Node}': expected none, since it is about the cluster",
        { Kind: StateKind.Blend or StateKind.Rebalance } => null,
        _ when !NodeBounds.IsId(key.Node) => $"its node is '{key.Node}': expected {NodeBounds.ExpectedId}",
        _ => null,
    };

    private static string? MistakeIn(StateVersion version) => version switch
    {
        { Number: < 1 or > StateVersion.HighestNumber } =>
            $"its number is {version.Number}: expected 1 to {StateVersion.HighestNumber}",
        _ when !IsName(version.Writer) => $"its writer is '{version.Writer}': expected {ExpectedName}",
        _ => null,
    };

    private static string? MistakeIn(StateValue value) => value switch
    {
        MemberValue member => MistakeIn(member),
        RemovalValue removal => removal.Drain is { } drain ? MistakeIn(drain) : null,
        WeightValue weight => MistakeIn(weight.Weight) ?? MistakeIn(weight.FileWeight),
        DrainValue drain => MistakeIn(drain),
        BlendValue blend when !IsName(blend.From) => $"its from is '{blend.From}': expected {ExpectedName}",
        BlendValue blend when !IsName(blend.To) => $"its to is '{blend.To}': expected {ExpectedName}",
        BlendValue { Share: not (>= 0 and <= 1) and var share } => $"its share is {share}: expected 0 to 1",
        BlendValue => null,
        RebalanceValue rebalance => MistakeOf(rebalance.Operation, rebalance.RatePerSecond)
            ?? (rebalance.Reason is null || IsText(rebalance.Reason, LongestReason)
                ? null
                : $"its reason is '{rebalance.Reason}': expected null, or 1 to {LongestReason} characters without "
                    + "control characters"),
        _ => $"its value is a {value.GetType().Name}: expected a value of its kind",
    };

    private static string? MistakeIn(MemberValue member) => member switch
    {
        _ when !NodeBounds.IsAddress(member.Address) =>
            $"its address is '{member.Address}': expected {NodeBounds.ExpectedAddress}",
        { RingKey: { } key } when !NodeBounds.IsRingKey(key) =>
            $"its ring key is '{key}': expected {NodeBounds.ExpectedRingKey}",
        _ => MistakeIn(member.Weight),
    };

    private static string? MistakeIn(int weight) => NodeBounds.IsWeight(weight)
        ? null
        : $"its weight is {weight}: expected {NodeBounds.ExpectedWeight}";

    private static string? MistakeIn(DrainValue drain) => drain switch
    {
        { DeadlineSeconds: not (null or (>= 0 and <= LongestSeconds)) } =>
            $"its deadline is {drain.DeadlineSeconds} s: expected null, or 0 to {LongestSeconds}",
        _ when !CloseCode.MayBeSent(drain.CloseCode) =>
            $"its close code is {drain.CloseCode}: expected {CloseCode.Allowed}",
        _ => MistakeOf(drain.Operation, drain.RatePerSecond),
    };

    private static string? MistakeOf(string operation, double rate) => (operation, rate) switch
    {
        _ when !IsName(operation) => $"its operation is '{operation}': expected {ExpectedName}",
        _ when !IsRate(rate) => $"its rate is {rate} tunnels a second: expected 0 to {HighestRate}",
        _ => null,
    };

    private static bool IsText(string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !text.Any(char.IsControl);
}
