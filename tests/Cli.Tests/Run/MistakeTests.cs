using System.Text.Json;

namespace WsBalancer.Cli.Tests.Run;

/// <summary>Mistakes of a file as a whole, and mistakes despite which <c>run</c> would start.</summary>
public sealed class MistakeTests : IDisposable
{
    private const string Urls = "http://127.0.0.1:808O";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-check-");

    private string Config => Path.Combine(_folder.FullName, "wsbalancer.json");

    [Fact]
    public async Task BrokenJson_IsNamedWithItsFileAndLine()
    {
        var run = await CheckAsync("Urls: http://127.0.0.1:8080\n");

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"The configuration has a mistake:\n  {Config}, line 1, byte 1: 'U' is an invalid start of a value. "
                + "Expected JSON; comments are allowed.\n",
            run.Error);
    }

    [Fact]
    public async Task BrokenJson_OnALaterLine_IsNamedWithThat()
    {
        var run = await CheckAsync("{\n  // A comment.\n  \"Urls\": \"http://127.0.0.1:8080\"\n  \"Kestrel\": {}\n}\n");

        Assert.Contains($"{Config}, line 4, byte 3: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "Top-level JSON element must be an object.")]
    [InlineData("""{ "Urls": "a", "urls": "b" }""", "A duplicate key 'urls' was found.")]
    public async Task JsonThatIsNoConfiguration_IsNamedWithItsFile(string json, string reason)
    {
        var run = await CheckAsync(json);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"{Config}: {reason}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_IsReportedAsADirectory()
    {
        var run = await CommandRun.OfAsync("check", "--config", _folder.FullName);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(
            $"{_folder.FullName} is a directory: expected a configuration file in JSON",
            run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.json")]
    [InlineData("missing/wsbalancer.json")]
    public async Task FileThatDoesNotExist_IsReported(string name)
    {
        var file = Path.Combine(_folder.FullName, name);

        var run = await CommandRun.OfAsync("run", "--config", file);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(
            $"{file} does not exist: expected a configuration file in JSON", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithAnInvalidPort_DoesNotListen()
    {
        await File.WriteAllTextAsync(Config, Json(), TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("run", "--config", Config);

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains($"Urls is '{Urls}': expected http://ADDRESS:PORT", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WithJson_HasMistakesInTheDocument()
    {
        await File.WriteAllTextAsync(Config, Json(), TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("check", "--config", Config, "--json");

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Error));
        var document = JsonElement.Parse(run.Output);
        Assert.Equal(
            "admin clusters file listen mistakes notes routes valid",
            string.Join(' ', document.EnumerateObject().Select(property => property.Name).Order()));
        Assert.False(document.GetProperty("valid").GetBoolean());
        var mistakes = document.GetProperty("mistakes").EnumerateArray().ToArray();
        Assert.Equal(2, mistakes.Length);
        Assert.Equal(
            ("WsBalanzer", null),
            (mistakes[0].GetProperty("key").GetString(), mistakes[0].GetProperty("value").GetString()));
        Assert.Equal(
            ("Urls", Urls),
            (mistakes[1].GetProperty("key").GetString(), mistakes[1].GetProperty("value").GetString()));
        Assert.StartsWith(
            $"Urls is '{Urls}': ", mistakes[1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WithJson_OfAFileThatIsNone_HasTheSameShape()
    {
        var run = await CommandRun.OfAsync("check", "--config", Config, "--json");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        var mistake = Assert.Single(JsonElement.Parse(run.Output).GetProperty("mistakes").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, mistake.GetProperty("key").ValueKind);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<CommandRun> CheckAsync(string json)
    {
        await File.WriteAllTextAsync(Config, json, TestContext.Current.CancellationToken);
        return await CommandRun.OfAsync("check", "--config", Config);
    }

    private static string Json() => $$"""
        {
          "Urls": "{{Urls}}",
          "ReverseProxy": {
            "Routes": { "chat": { "ClusterId": "chat", "Match": { "Path": "/{**any}" } } },
            "Clusters": { "chat": { "Destinations": { "ws-1": { "Address": "http://127.0.0.1:5001/" } } } }
          },
          "WsBalanzer": { },
          "WsBalancer": { "Clusters": { "chat": { "UserKey": "query:user" } } }
        }
        """;
}
