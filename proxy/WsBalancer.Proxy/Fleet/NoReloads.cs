namespace WsBalancer.Proxy.Fleet;

/// <summary>No reloads, for an application that reads the configuration itself.</summary>
internal sealed class NoReloads : IReloads
{
    public LastReload? Last => null;

    public Task<ReloadResult> ReloadAsync(bool force) => throw new RefusedException(
        RefusalKind.Conflict,
        "The configuration of this application is read by the application itself, and cannot be reloaded from here.");
}
