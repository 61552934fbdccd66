using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsBalancer.Proxy;

/// <summary>
/// Raises the time that the host gives a stop: the server waits for the tunnels as long as closing them may take, and a
/// little longer for the last answers.
/// </summary>
internal sealed class ShutdownTime(IServiceProvider provider) : IPostConfigureOptions<HostOptions>
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(15);

    public void PostConfigure(string? name, HostOptions options)
    {
        if (Read() is { } settings
            && settings.Shutdown.Delay + settings.Shutdown.Timeout + LastAnswers is var needed
            && options.ShutdownTimeout < needed)
        {
            options.ShutdownTimeout = needed;
        }
    }

    private BalancerSettings? Read()
    {
        try
        {
            return provider.GetRequiredService<SettingsSource>().Settings;
        }
        catch (SettingsException)
        {
            // The host is built before the pipeline is mapped, which reports mistakes without the frames of the host.
            return null;
        }
    }
}
