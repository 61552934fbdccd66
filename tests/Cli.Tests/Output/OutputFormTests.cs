using System.CommandLine;
using System.Text.Json;
using Spectre.Console.Testing;
using WsBalancer.Cli.Output;
using YamlDotNet.RepresentationModel;

namespace WsBalancer.Cli.Tests.Output;

public sealed class OutputFormTests
{
    private const string Tunnels = """
        [{"id": "t-1", "user": "u", "node": "g-1", "ageSeconds": 1, "misplaced": false, "idleClientSeconds": 1,
          "idleNodeSeconds": 1, "bytesFromClient": 1, "bytesFromNode": 1},
         {"id": "t-2", "user": "u", "node": "g-1", "ageSeconds": 1, "misplaced": false, "idleClientSeconds": 1,
          "idleNodeSeconds": 1, "bytesFromClient": 1, "bytesFromNode": 1}]
        """;

    private const string Balancers = """
        {"redis": null, "shared": null, "balancers": [
          {"id": "lb-1", "self": true, "clusters": []}, {"id": "lb-2", "self": false, "clusters": []}]}
        """;

    [Fact]
    public async Task Yaml_HasTheFieldsOfTheDocument_WithTextsThatStayTexts()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat
            .Replace("\"ws-1\"", "\"12\"", StringComparison.Ordinal)
            .Replace("\"ws-2\"", "\"no: # x\"", StringComparison.Ordinal));

        var run = await stub.RunAsync("nodes", "-o", "yaml");

        var nodes = Assert.IsType<YamlSequenceNode>(Parse(run.Output).Single());
        Assert.Equal(["12", "no: # x"], nodes.Children.Select(node => $"{node["id"]}"));
        Assert.Equal(
            YamlDotNet.Core.ScalarStyle.DoubleQuoted, Assert.IsType<YamlScalarNode>(nodes.Children[0]["id"]).Style);
        Assert.Equal(["120", "80"], nodes.Children.Select(node => $"{node["tunnels"]}"));
        Assert.Equal(["0.25", "0.75"], nodes.Children.Select(node => $"{node["share"]}"));
        Assert.Empty(Assert.IsType<YamlSequenceNode>(nodes.Children[0]["overridden"]).Children);
    }

    [Fact]
    public async Task Yaml_OfAFailure_IsItsProblem()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"POST {Moves.DrainOfNode}", StubAnswer.Problem(409, "There is no other node."));

        var run = await stub.RunAsync("drain", "ws-2", "--output", "yaml");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("There is no other node.", $"{Parse(run.Output).Single()["detail"]}");
    }

    [Fact]
    public async Task Yaml_OfAStream_IsOneDocumentAfterTheOther()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.With(
            "/api/v1/events",
            $"{EventOf("one")}{EventOf("two")}",
            type: "text/event-stream");

        var run = await stub.RunAsync("events", "--no-follow", "-o", "yaml");

        Assert.Equal(["one", "two"], Parse(run.Output).Select(document => $"{document["message"]}"));
    }

    [Theory]
    [InlineData("\"yes\"")]
    [InlineData("\"Null\"")]
    [InlineData("\"1e3\"")]
    [InlineData("\"0x1f\"")]
    [InlineData("\"12:30\"")]
    [InlineData("\"2030-01-02\"")]
    [InlineData("\"~\"")]
    [InlineData("\"\"")]
    [InlineData("\"- a\"")]
    [InlineData("\"a: b # c\"")]
    [InlineData("\"two\\nlines \\\\ and \\\"quotes\\\"\"")]
    [InlineData("\"\\u001b[2J \\u202e \\ud83d\\ude00 \\udb40\\udc01\"")]
    public void Yaml_OfAString_IsThatStringInQuotes(string json)
    {
        var node = Assert.IsType<YamlScalarNode>(Parse(YamlText.Of($$"""{"field": {{json}}}""")).Single()["field"]);

        Assert.Equal(JsonSerializer.Deserialize<string>(json), node.Value);
        Assert.Equal(YamlDotNet.Core.ScalarStyle.DoubleQuoted, node.Style);
    }

    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("-0.1")]
    [InlineData("1.5e-7")]
    [InlineData("true")]
    [InlineData("null")]
    public void Yaml_OfAnotherScalar_HasItsDigits(string json) => Assert.Equal($"field: {json}\n", YamlText.Of(
        $$"""{"field": {{json}}}"""));

    [Theory]
    [InlineData("{}", "{}\n")]
    [InlineData("[]", "[]\n")]
    [InlineData("""{"a": {"b": [], "c": {}}}""", "a:\n  b: []\n  c: {}\n")]
    [InlineData("""{"a": [1, {"b": 2, "c": [3]}]}""", "a:\n- 1\n- b: 2\n  c:\n  - 3\n")]
    [InlineData("""[[1, 2], []]""", "- - 1\n  - 2\n- []\n")]
    [InlineData("""{"WsBalancer:Urls": "x y", "on": 1}""", "\"WsBalancer:Urls\": \"x y\"\n\"on\": 1\n")]
    public void Yaml_OfNestedValues_IsInBlockStyle(string json, string yaml)
    {
        Assert.Equal(yaml, YamlText.Of(json));
        Assert.Single(Parse(yaml));
    }

    [Fact]
    public async Task Yaml_OfAFailureAfterAStream_IsADocumentOfItsOwn()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            "/api/v1/events",
            StubAnswer.Events(EventOf("one")),
            StubAnswer.Problem(401, "no"));

        var run = await stub.RunAsync("events", "-o", "yaml");

        Assert.Equal(["message", "title"], Parse(run.Output).Select(
            document => ((YamlMappingNode)document).Children.ContainsKey("message") ? "message" : "title"));
    }

    [Theory]
    [InlineData("nodes", "ws-1,ws-2")]
    [InlineData("nodes --cluster games", "g-1")]
    [InlineData("tunnels --cluster games", "t-1,t-2")]
    [InlineData("balancers", "lb-1,lb-2")]
    public async Task Name_WritesEachIdOnce(string line, string ids)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, line.Contains("games", StringComparison.Ordinal)
            ? Documents.ChatAndGames
            : Documents.Chat);
        stub.With("/api/v1/clusters/games/tunnels", Tunnels);
        stub.With("/api/v1/balancers", Balancers);

        var run = await stub.RunAsync([.. line.Split(' '), "-o", "name"]);

        Assert.Equal(ids.Split(','), run.Lines);
    }

    [Fact]
    public async Task Name_OfNodesInTwoClusters_IsWrittenOnce()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames.Replace("g-1", "ws-1", StringComparison.Ordinal));

        var run = await stub.RunAsync("nodes", "-o", "name");

        Assert.Equal(["ws-1", "ws-2"], run.Lines);
    }

    [Fact]
    public void Wide_IsTheOutputOfItsForm()
    {
        Assert.True(CommandOutput.Of(new InvocationConfiguration(), OutputForm.Wide).IsWide);
        Assert.False(CommandOutput.Of(new InvocationConfiguration()).IsWide);
    }

    [Fact]
    public void Wide_KeepsEveryColumnOnANarrowTerminal()
    {
        using var terminal = new TestConsole { Profile = { Width = 40 } };
        var (narrow, wide) = (new StringWriter(), new StringWriter());
        var table = new TextTable(new Column("NODE"), new Column("ADDRESS", Drop: 1));
        table.AddRow("ws-1", new string('a', 60));

        table.Write(new CommandOutput(narrow, terminal));
        table.Write(new CommandOutput(wide, terminal) { IsWide = true });

        Assert.DoesNotContain("ADDRESS", terminal.Output, StringComparison.Ordinal);
        Assert.Contains(new string('a', 60), wide.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes --watch -o name")]
    [InlineData("top -w -o wide")]
    public async Task Watch_InAFormWithoutOne_IsAUsageError(string line)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--watch allows --output json or yaml", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output name is for what lists by id; 'wsbalancer status' does not.", "status", "-o", "name")]
    [InlineData("--json and --output exclude each other.", "nodes", "--json", "-o", "yaml")]
    [InlineData("'xml'", "nodes", "-o", "xml")]
    public async Task Form_ThatIsNone_IsAUsageError(string message, params string[] line)
    {
        var run = await CommandRun.OfAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static string EventOf(string message) => $$"""
        data: {"id":1,"at":"2030-01-01T00:00:00Z","kind":"drain","cluster":"chat","message":"{{message}}"}


        """;

    private static IEnumerable<YamlNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => document.RootNode);
    }
}
