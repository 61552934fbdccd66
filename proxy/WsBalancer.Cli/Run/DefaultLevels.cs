using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The levels of categories that <c>Logging:LogLevel</c> does not name. YARP and the server log every request at
/// Information, with its query string, which may contain a user id: a level for <c>Default</c> does not apply to them.
/// </summary>
internal sealed class DefaultLevels(IConfiguration configuration) : IConfigureOptions<LoggerFilterOptions>
{
    private static readonly (string Category, LogLevel Level)[] Levels =
    [
        ("Microsoft", LogLevel.Warning),

        // A start that fails is reported in one sentence by the program, not with a trace.
        ("Microsoft.Extensions.Hosting", LogLevel.Critical),
        ("Yarp", LogLevel.Warning),
        ("Yarp.ReverseProxy.Forwarder", LogLevel.None),
    ];

    /// <summary>Runs again at every reload of the configuration.</summary>
    public void Configure(LoggerFilterOptions options)
    {
        var named = configuration.GetSection($"{ConfigurationCheck.LogSection}:LogLevel");
        foreach (var (category, level) in Levels.Where(known => named[known.Category] is null))
        {
            options.Rules.Add(new LoggerFilterRule(providerName: null, category, level, filter: null));
        }
    }
}
