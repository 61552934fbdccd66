using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Raises the shutdown timeout of the host: the server waits for the tunnels as long as closing them may take, and a
/// little longer for the last responses.
/// </summary>
internal sealed class ShutdownTime(ShutdownOptions shutdown) : IPostConfigureOptions<HostOptions>
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(15);

    public void PostConfigure(string? name, HostOptions options)
    {
        var needed = shutdown.Delay + shutdown.Timeout + LastAnswers;
        options.ShutdownTimeout = options.ShutdownTimeout < needed ? needed : options.ShutdownTimeout;
    }
}
