using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

/// <summary>The platform's log categories log only warnings unless the configuration names them.</summary>
public sealed class DefaultLevelsTests
{
    private static readonly string[] Quiet =
        ["Microsoft.AspNetCore.Hosting.Diagnostics", "System.Net.Http.HttpClient", "Yarp.ReverseProxy.Health.X"];

    public static TheoryData<string, string> Raised => new()
    {
        { "LogLevel:WsBalancer", "Debug" },
        { "LogLevel:Default", "Trace" },
        { "Console:LogLevel:Default", "Trace" },
        { "Console:LogLevel:WsBalancer", "Trace" },
        { "LogLevel:Microsoft.AspNetCore.Routing", "Trace" },
    };

    [Fact]
    public void WithoutSettings_ThePlatformWarns() => AssertQuiet([]);

    [Theory]
    [MemberData(nameof(Raised))]
    public void AnotherCategoryRaised_ThePlatformOnlyWarns(string key, string level) => AssertQuiet([(key, level)]);

    [Theory]
    [InlineData("LogLevel:WsBalancer")]
    [InlineData("LogLevel:Default")]
    [InlineData("Console:LogLevel:Default")]
    public void LevelOfTheBalancer_IsTheBalancers(string key) =>
        Assert.True(IsEnabled("WsBalancer.Proxy.Tunnels", LogLevel.Debug, (key, "Debug")));

    [Theory]
    [InlineData("LogLevel:Microsoft", "Microsoft.AspNetCore.Routing")]
    [InlineData("LogLevel:microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Routing.Matching")]
    [InlineData("Console:LogLevel:Microsoft", "Microsoft.AspNetCore.Routing")]
    [InlineData("LogLevel:System", "System.Net.Http")]
    [InlineData("LogLevel:Yarp", "Yarp.ReverseProxy.Health.X")]
    public void CategoryThatIsNamed_HasItsLevel(string key, string category) =>
        Assert.True(IsEnabled(category, LogLevel.Debug, (key, "Debug")));

    [Fact]
    public void CategoryThatIsNamed_HasItsLevel_WithLevelsOfTheConsoleToo() => Assert.True(IsEnabled(
        "Microsoft.AspNetCore.Routing",
        LogLevel.Debug,
        ("LogLevel:Microsoft", "Debug"),
        ("Console:LogLevel:Default", "Information")));

    private static void AssertQuiet((string Key, string Value)[] settings) => Assert.All(Quiet, category =>
    {
        Assert.False(IsEnabled(category, LogLevel.Information, settings), category);
        Assert.True(IsEnabled(category, LogLevel.Warning, settings), category);
    });

    private static bool IsEnabled(string category, LogLevel level, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(it => $"Logging:{it.Key}", it => (string?)it.Value))
            .Build();
        using var services = new ServiceCollection()
            .AddLogging(logging => logging
                .AddConfiguration(configuration.GetSection("Logging"))
                .AddProvider(new FakeConsole()))
            .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(new DefaultLevels(configuration))
            .BuildServiceProvider();
        return services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
    }

    [ProviderAlias("Console")]
    private sealed class FakeConsole : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new EnabledLogger();

        public void Dispose()
        {
        }
    }

    private sealed class EnabledLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
        }
    }
}
