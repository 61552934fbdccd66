namespace WsBalancer.Proxy.Fleet;

/// <summary>No reloads: those of an application whose host reads the configuration.</summary>
internal sealed class NoReloads : IReloads
{
    public LastReload? Last => null;

    public Task<ReloadResult> ReloadAsync(bool force) => throw new RefusedException(
        RefusalKind.Conflict,
        "The configuration of this application is read by the application itself, and cannot be reloaded from here.");
}
