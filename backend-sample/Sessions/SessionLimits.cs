using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The limits of sessions, and the counts that all sessions share.</summary>
internal sealed record SessionLimits(
    NodeOptions Options, MessageMemory Memory, ShedCount Shed, SenderRates Rates, TimeProvider Time);
