namespace WsBalancer.Cli.Admin;

/// <summary>What <c>/readyz</c> says about the balancer itself.</summary>
internal enum Readiness
{
    Ready,
    NotReady,
}
