using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class LogLineTests
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    [Fact]
    public void Entry_IsOneLineWithItsTime()
    {
        var line = Format("ready");

        Assert.EndsWith("Z warn: WsBalancer.Sockets[7] ready\n", line, StringComparison.Ordinal);
        Assert.True(DateTimeOffset.TryParse(line.Split(' ')[0], CultureInfo.InvariantCulture, out _));
    }

    [Fact]
    public void TextFromOutside_WritesNoControlCharacter()
    {
        using var scope = _scopes.Push("at\u001b[2J");

        var line = Format("node said '\u001b]0;x\u0007\u009b\u202e\r\nforged'", new IOException("\u001b\nand"), true);

        Assert.Contains(
            @"[7] => at\x1b[2J node said '\x1b]0;x\x07\u009b\u202e forged' System.IO.IOException: \x1b and",
            line, StringComparison.Ordinal);
        Assert.Equal(line.Length - 1, line.IndexOfAny(['\r', '\n', '\u001b']));
    }

    [Fact]
    public void Scope_IsLeftOutUnlessConfigured()
    {
        using var scope = _scopes.Push("scope");

        Assert.DoesNotContain("scope", Format("ready"), StringComparison.Ordinal);
    }

    private string Format(string message, Exception? exception = null, bool scopes = false)
    {
        using var services = new ServiceCollection()
            .Configure<ConsoleFormatterOptions>(options => options.IncludeScopes = scopes)
            .BuildServiceProvider();
        using var text = new StringWriter();
        new LogLine(services.GetRequiredService<IOptionsMonitor<ConsoleFormatterOptions>>()).Write(
            new LogEntry<string>(
                LogLevel.Warning, "WsBalancer.Sockets", new EventId(7), message, exception, (state, _) => state),
            _scopes,
            text);
        return text.ToString();
    }
}
