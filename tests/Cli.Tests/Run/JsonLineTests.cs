using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class JsonLineTests
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    [Fact]
    public void Entry_IsOneLineOfAsciiWithItsValues()
    {
        using var scope = _scopes.Push("in \u202e");

        var line = Format("WsBalancer.Fleet", new IOException("at /a?b=c"), true);

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.True(line.AsSpan(0, line.Length - 1).IndexOfAnyExceptInRange(' ', '~') < 0, line);
        var entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal("warning", entry.GetProperty("level").GetString());
        Assert.Equal("WsBalancer.Fleet", entry.GetProperty("category").GetString());
        Assert.Equal(7, entry.GetProperty("eventId").GetInt32());
        Assert.Equal("Node 'a\u001b' has 3 users.", entry.GetProperty("message").GetString());
        Assert.Equal("a\u001b", entry.GetProperty("values").GetProperty("Node").GetString());
        Assert.Equal(3, entry.GetProperty("values").GetProperty("Users").GetInt32());
        Assert.False(entry.GetProperty("values").TryGetProperty("{OriginalFormat}", out _));
        Assert.Equal(["in \u202e"], entry.GetProperty("scopes").EnumerateArray().Select(it => it.GetString()));
        Assert.Equal(
            "System.IO.IOException: at /a?…", entry.GetProperty("exception").GetString());
    }

    [Fact]
    public void ValuesOfThePlatform_AreLeftOut()
    {
        var entry = JsonDocument.Parse(Format("Microsoft.AspNetCore", null, false)).RootElement;

        Assert.Equal("Node 'a\u001b' has 3 users.", entry.GetProperty("message").GetString());
        Assert.False(entry.TryGetProperty("values", out _));
        Assert.False(entry.TryGetProperty("scopes", out _));
        Assert.False(entry.TryGetProperty("exception", out _));
    }

    private string Format(string category, Exception? exception, bool scopes)
    {
        using var services = new ServiceCollection()
            .Configure<ConsoleFormatterOptions>(options => options.IncludeScopes = scopes)
            .BuildServiceProvider();
        using var text = new StringWriter();
        KeyValuePair<string, object?>[] state =
            [new("Node", "a\u001b"), new("Users", 3), new("{OriginalFormat}", "Node '{Node}' has {Users} users.")];
        new JsonLine(services.GetRequiredService<IOptionsMonitor<ConsoleFormatterOptions>>()).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                LogLevel.Warning,
                category,
                new EventId(7),
                state,
                exception,
                (values, _) => $"Node '{values[0].Value}' has {values[1].Value} users."),
            _scopes,
            text);
        return text.ToString();
    }
}
