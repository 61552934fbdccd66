using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>How a drain went.</summary>
/// <param name="Status">What the balancer says at its end.</param>
/// <param name="Rate">How many tunnels a second it was to close.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Answered">How many of the other users' sockets were still open and answered.</param>
/// <param name="OthersRecalled">How often one of the others was asked to come again.</param>
internal sealed record DrainOutcome(
    DrainAnswer Status, double Rate, TimeSpan Took, int Answered, int OthersRecalled);
