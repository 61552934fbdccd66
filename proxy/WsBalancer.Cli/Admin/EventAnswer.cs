namespace WsBalancer.Cli.Admin;

/// <summary>An event of the balancer. Its JSON document has more fields.</summary>
/// <remarks><c>By</c> is null if no caller is known.</remarks>
internal sealed record EventAnswer(
    DateTimeOffset At, string Kind, string? Cluster, string Message, EventCauseAnswer? By = null);

/// <summary>The caller that caused an event.</summary>
internal sealed record EventCauseAnswer(
    string Name, string? User, string? Host, int? Pid, string? Command, string? Address)
{
    /// <summary>In one line: <c>ops: alice@lb-1, drain, from 10.0.0.7</c>.</summary>
    public override string ToString()
    {
        string?[] details =
        [
            (User, Host) switch
            {
                ({ } user, { } host) => $"{user}@{host}",
                var (user, host) => user ?? host,
            },
            Command,
            Address is null ? null : $"from {Address}",
        ];
        var known = string.Join(", ", details.OfType<string>());
        return known.Length == 0 ? Name : $"{Name}: {known}";
    }
}
