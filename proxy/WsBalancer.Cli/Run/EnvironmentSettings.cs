namespace WsBalancer.Cli.Run;

/// <summary>
/// Settings from environment variables: <c>WSBALANCER__WsBalancer__Admin__Url</c> lies over the file's.
/// </summary>
internal static class EnvironmentSettings
{
    public const string Prefix = "WSBALANCER__";
}
