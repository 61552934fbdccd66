namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>The caller of the admin API, as far as its token proves it.</summary>
/// <param name="Name">The name of the token; without tokens <c>local</c> or <c>anonymous</c>.</param>
/// <param name="Right">The calls that the caller may make.</param>
internal sealed record Caller(string Name, AdminRight Right)
{
    /// <summary>The name of a caller on this machine, where no token is configured.</summary>
    public const string Local = "local";

    /// <summary>The name of any other caller, where no token is configured.</summary>
    public const string Anonymous = "anonymous";
}
