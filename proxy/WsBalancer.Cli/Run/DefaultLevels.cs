using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The levels of the platform's categories, which are not the balancer's: a category stays at its level here until
/// <c>Logging:LogLevel</c> names it, or a longer beginning of its name. A level for <c>Default</c> is the balancer's.
/// </summary>
internal sealed class DefaultLevels(IConfiguration configuration) : IConfigureOptions<LoggerFilterOptions>
{
    private const string Console = "Console";

    private static readonly (string Category, LogLevel Level)[] Levels =
    [
        ("Microsoft", LogLevel.Warning),

        // A start that fails is reported in one sentence by the program, not with a trace.
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

        // Any level of the console, that of its Default too, has precedence over all levels that are not.
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
