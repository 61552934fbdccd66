using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace WsBalancer.Cli.Tests;

/// <summary>
/// Ids and texts with control characters that would change the terminal of the operator who reads them.
/// </summary>
public sealed class HostileTextTests
{
    // A title, a cleared screen, a forged row, a reordered and an invisible rest, and markup of the terminal library.
    private const string Hostile =
        "\u001b]0;pwned\u0007\u001b[2J\u009b1m\u007f\r\nforged\trow\u202e\u2066\u200b\u2060\ufeff\u2028\u061c[red]\\";

    private const string Visible = @"\x1b]0;pwned\x07\x1b[2J\u009b1m\x7f\r\nforged\trow"
        + @"\u202e\u2066\u200b\u2060\ufeff\u2028\u061c[red]\\";

    // Placeholder for the hostile text in the arguments of a test: the test runner prints the arguments.
    private const string Id = "HOSTILE";

    private const string Tunnels = "/api/v1/clusters/chat/tunnels";
    private const string Events = "/api/v1/events";

    // The text in a JSON document: only the characters that JSON forbids are escaped.
    private static readonly string Raw = Hostile
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\u001b", "\\u001b", StringComparison.Ordinal)
        .Replace("\u0007", "\\u0007", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal);

    private static readonly string TunnelList = $$"""
        [{"id": "t-{{Raw}}", "user": "{{Raw}}", "node": "ws-{{Raw}}", "openedAt": "2026-01-02T03:04:05Z",
          "ageSeconds": 1, "misplaced": false, "idleClientSeconds": 1, "idleNodeSeconds": 2, "bytesFromClient": 3,
          "bytesFromNode": 4, "framesFromClient": 3, "framesFromNode": 4, "protocol": "h", "path": "{{Raw}}"}]
        """;

    private static readonly string Clusters = $$"""
        [{"id": "chat", "ring": {"algorithm": "{{Raw}}", "spec": "{{Raw}}", "epoch": 7, "fingerprint": "{{Raw}}"},
          "nodes": [{"id": "{{Raw}}", "address": "{{Raw}}", "weight": 3, "source": "{{Raw}}",
            "overridden": ["weight"],
            "state": "leaving", "health": "{{Raw}}", "tunnels": 1, "misplaced": 0, "share": 1, "ringKey": "{{Raw}}"},
            {"id": "b", "address": "a", "weight": 3, "source": "added", "overridden": [], "state": "{{Raw}}",
             "health": "h", "tunnels": 1, "misplaced": 0, "share": 0, "ringKey": null}]}]
        """;

    private static readonly string Status = $$"""
        {"id": "{{Raw}}", "version": "{{Raw}}", "startedAt": "2026-01-02T03:04:05Z", "ready": false, "state": "{{Raw}}",
         "refusing": ["{{Raw}}"], "warnings": ["{{Raw}}"], "clusters": [
          {"id": "{{Raw}}", "available": 0, "rejected": {"{{Raw}}": 1}, "attemptsFailed": 1,
           "ring": {"algorithm": "{{Raw}}", "spec": "{{Raw}}", "epoch": 7, "fingerprint": "{{Raw}}"}, "nodes": [],
           "problems": [{"source": "{{Raw}}", "record": "{{Raw}}", "mistake": "{{Raw}}",
            "since": "2026-01-02T03:04:05Z"}]}],
         "redis": {"address": "{{Raw}}", "connected": false, "since": null, "why": "{{Raw}}"},
         "peers": [{"id": "{{Raw}}", "tunnels": 1}], "descriptors": null,
         "certificates": [{"endpoint": "{{Raw}}", "subject": "{{Raw}}", "notAfter": "2026-01-02T03:04:05Z"}]}
        """;

    private static readonly string Owner = $$"""
        {"user": "{{Raw}}", "owner": "{{Raw}}", "home": "{{Raw}}", "node": "{{Raw}}", "order": ["{{Raw}}", "ws-2"],
         "reason": "{{Raw}}", "tunnels": [{"id": "{{Raw}}", "node": "{{Raw}}", "openedAt": "2026-01-02T03:04:05Z",
         "misplaced": false}], "ring": {"algorithm": "{{Raw}}", "spec": "s", "epoch": 7, "fingerprint": "00"},
         "ringKey": "{{Raw}}"}
        """;

    private static readonly string Plan = $$"""
        {"moved": 0.25, "minimum": 0.24, "excess": 0.01, "tunnelsMoved": 5, "epoch": 7, "shared": false,
         "from": "{{Raw}}", "to": "{{Raw}}", "share": 0.1, "nodes": [
          {"id": "{{Raw}}", "shareBefore": 1, "shareAfter": 0.75, "tunnelsBefore": 200, "tunnelsAfter": 150}]}
        """;

    private static readonly string Drain = $$"""
        {"state": "{{Raw}}", "sources": ["{{Raw}}"], "total": 3, "remaining": 1, "closed": 2, "forced": 0,
         "ratePerSecond": 1, "etaSeconds": 1, "deadlineSeconds": 9, "closeCode": 1012, "epoch": 8, "shared": false}
        """;

    private static readonly string Rebalance = $$"""
        {"state": "{{Raw}}", "misplaced": 1, "blocked": 0, "closed": 0, "etaSeconds": 1, "reason": "{{Raw}}",
         "ratePerSecond": 50, "epoch": 8, "shared": null}
        """;

    public static TheoryData<string> Commands =>
    [
        "status", "nodes", $"where {Id}", "tunnels", $"disconnect --user {Id}", "plan --remove x",
        "add x=http://a:1", "remove x", "remove x --drain", "weight x=1", "blend", "blend --to nginx --share 10%",
        "drain x", $"drain {Id} --wait", "resume x", "rebalance", "rebalance --wait", "rebalance status",
        "rebalance pause", $"status --cluster {Id}", $"drain {Id}",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_WritesNoControlCharacter(string line)
    {
        await using var stub = await HostileAsync();

        var run = await stub.RunAsync(Arguments(line));

        AssertVisible(run);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Refusal_WritesNoControlCharacter(string line)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.OnAll(StubAnswer.Problem(409, Hostile, title: Hostile));

        var run = await stub.RunAsync(Arguments(line));

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        AssertVisible(run);
        Assert.StartsWith($"wsbalancer: {Visible}.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "")]
    [InlineData("tunnels", "tunnels")]
    [InlineData("where x", "owner")]
    [InlineData("plan --remove x", "plan")]
    [InlineData("resume x", "drain")]
    [InlineData("rebalance status", "rebalance")]
    public async Task Json_IsTheDocumentAsItWasReceived(string line, string what)
    {
        await using var stub = await HostileAsync();

        var run = await stub.RunAsync([.. Arguments(line), "--json"]);

        Assert.Equal(
            what switch
            {
                "tunnels" => TunnelList,
                "owner" => Owner,
                "plan" => Plan,
                "drain" => Drain,
                "rebalance" => Rebalance,
                _ => Status,
            } + "\n",
            run.Output);
        Assert.DoesNotContain(run.Error, IsInvisible);
    }

    [Fact]
    public async Task Json_OfNodes_IsExact()
    {
        await using var stub = await HostileAsync();

        var run = await stub.RunAsync("nodes", "--json");

        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal(Hostile, document.RootElement[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("status")]
    [InlineData("tunnels")]
    [InlineData("where x")]
    [InlineData("resume x")]
    public async Task Yaml_WritesNoControlCharacter(string line)
    {
        await using var stub = await HostileAsync();

        var run = await stub.RunAsync([.. Arguments(line), "-o", "yaml"]);

        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain(run.Output.Replace("\n", "", StringComparison.Ordinal), IsInvisible);
    }

    [Fact]
    public async Task Yaml_OfNodes_IsExact()
    {
        await using var stub = await HostileAsync();

        var run = await stub.RunAsync("nodes", "-o", "yaml");

        var yaml = new YamlStream();
        yaml.Load(new StringReader(run.Output));
        Assert.Equal(Hostile, $"{yaml.Documents[0].RootNode[0]["id"]}");
    }

    [Fact]
    public async Task Events_WriteNoControlCharacter_AndAreExactWithJson()
    {
        var happened = $$"""
            {"id":7,"at":"2026-01-02T03:04:05Z","kind":"{{Raw}}","cluster":"{{Raw}}","node":null,
            "message":"{{Raw}}","figures":null}
            """.ReplaceLineEndings("");
        await using var stub = await HostileAsync();
        stub.On(Events, StubAnswer.Events($"id: 7\ndata: {happened}\n\n"), StubAnswer.Problem(409, Hostile));

        var text = await stub.RunAsync("events");
        stub.On(Events, StubAnswer.Events($"id: 7\ndata: {happened}\n\n"), StubAnswer.Problem(409, Hostile));
        var json = await stub.RunAsync("events", "--json");

        AssertVisible(text);
        Assert.StartsWith($"{happened}\n{{", json.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(json.Error, IsInvisible);
    }

    [Fact]
    public async Task EventThatIsNone_WritesNoControlCharacter()
    {
        await using var stub = await HostileAsync();
        stub.On(Events, StubAnswer.Events($"data: {Hostile.Split('\n')[1]}\n\n"));

        var run = await stub.RunAsync("events");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.DoesNotContain(run.Output + run.Error, IsInvisible);
    }

    [Theory]
    [InlineData("no-such-command-")]
    [InlineData("status --no-such-option-")]
    [InlineData("status --admin ")]
    [InlineData("drain x --rate ")]
    [InlineData("add ")]
    [InlineData("weight x=")]
    [InlineData("check --config ")]
    [InlineData("run --listen ")]
    public async Task WrongCommandLine_WritesNoControlCharacter(string line)
    {
        var run = await CommandRun.OfAsync(Arguments(line + Id));

        Assert.NotEqual(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain(run.Output + run.Error, IsInvisible);
    }

    private static string[] Arguments(string line) =>
        [.. line.Split(' ').Select(argument => argument.Replace(Id, Hostile, StringComparison.Ordinal))];

    private static bool IsInvisible(char character) => character != '\n' && Hostile.Contains(character)
        && !char.IsAsciiLetterOrDigit(character) && !char.IsPunctuation(character);

    private static void AssertVisible(CommandRun run)
    {
        Assert.DoesNotContain(run.Output + run.Error, IsInvisible);
        Assert.DoesNotContain(
            (run.Output + run.Error).Split('\n'), line => line.StartsWith("forged", StringComparison.Ordinal));
        Assert.Contains(Visible, run.Output + run.Error, StringComparison.Ordinal);
    }

    private static async Task<StubBalancer> HostileAsync() => (await StubBalancer.StartAsync())
        .With(Documents.Clusters, Clusters)
        .With(Documents.Status, Status)
        .With(Documents.ChatOwner, Owner)
        .On($"GET {Tunnels}", TunnelList)
        .On($"DELETE {Tunnels}", """{"closed": 1, "shared": null}""")
        .On(Moves.Plans, Plan)
        .On(Moves.Blends, Plan)
        .On(Moves.Nodes, Plan)
        .On($"{Moves.Nodes}/x", Plan)
        .On($"{Moves.Nodes}/x/drain", Drain)
        .On(Moves.Rebalances, Rebalance)
        .OnAll(Drain);
}
