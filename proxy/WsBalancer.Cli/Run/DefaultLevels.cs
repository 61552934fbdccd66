using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The default levels of the platform's categories, which are not the balancer's. A level in <c>Logging:LogLevel</c>
/// for the same category, or for a longer prefix of a logger's name, has precedence. A level for <c>Default</c>
/// concerns only the balancer's categories.
/// </summary>
internal sealed class DefaultLevels(IConfiguration configuration) : IConfigureOptions<LoggerFilterOptions>
{
    private const string Console = "Console";

    private static readonly (string Category, LogLevel Level)[] Levels =
    [
        ("Microsoft", LogLevel.Warning),

        // The program reports a failed start in one sentence, without a stack trace.
        ("Microsoft.Extensions.Hosting", LogLevel.Critical),
        ("System", LogLevel.Warning),
        ("Yarp", LogLevel.Warning),
        ("Yarp.ReverseProxy.Forwarder", LogLevel.None),
    ];

    /// <summary>Runs again at every reload of the configuration.</summary>
    public void Configure(LoggerFilterOptions options)
    {
        var levels = configuration.GetSection($"{ConfigurationCheck.LogSection}:LogLevel");
        var ofConsole = configuration.GetSection($"{ConfigurationCheck.LogSection}:{Console}:LogLevel");

        // Any level under Console, also that of its Default, has precedence over all levels that are not.
        var hasOwn = ofConsole.GetChildren().Any();
        foreach (var (category, level) in Levels)
        {
            var isNamed = Enum.TryParse<LogLevel>(levels[category], ignoreCase: true, out var named);
            if (!isNamed)
            {
                options.Rules.Add(new LoggerFilterRule(providerName: null, category, level, filter: null));
            }

            if (hasOwn && ofConsole[category] is null)
            {
                options.Rules.Add(new LoggerFilterRule(Console, category, isNamed ? named : level, filter: null));
            }
        }
    }
}
