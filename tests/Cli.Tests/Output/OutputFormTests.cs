using YamlDotNet.RepresentationModel;

namespace WsBalancer.Cli.Tests.Output;

public sealed class OutputFormTests
{
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
    [InlineData("nodes", "ws-1,ws-2")]
    [InlineData("nodes --cluster games", "g-1")]
    public async Task Name_WritesTheIdsOnly(string line, string ids)
    {
        await using var stub = await StubBalancer.StartAsync();
        var clusters = line.Contains("games", StringComparison.Ordinal) ? Documents.ChatAndGames : Documents.Chat;
        stub.With(Documents.Clusters, clusters);

        var run = await stub.RunAsync([.. line.Split(' '), "-o", "name"]);

        Assert.Equal(ids.Split(','), run.Lines);
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
