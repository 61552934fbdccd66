using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>The observations of a drain.</summary>
/// <param name="Status">The balancer's answer at the end of the drain.</param>
/// <param name="Rate">The requested rate, in tunnels a second.</param>
/// <param name="Took">The duration of the drain.</param>
/// <param name="Answered">How many of the other users' sockets were still open and answered.</param>
/// <param name="OthersRecalled">How many requests to reconnect (1012) the other users received.</param>
internal sealed record DrainOutcome(
    DrainAnswer Status, double Rate, TimeSpan Took, int Answered, int OthersRecalled);
