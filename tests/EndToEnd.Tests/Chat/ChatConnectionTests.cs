using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Chat;

/// <summary>The connection of the chat page, when a node refuses, restarts or has lost messages.</summary>
public sealed class ChatConnectionTests : IAsyncLifetime
{
    private const string AtTheBeginning = """
        "epoch":"e","offset":0
        """;

    private readonly ScriptedNode _node = new();
    private WsNode? _files;
    private ChatBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _files = await WsNode.Start("ws-1");
        _browser = await ChatBrowser.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_files?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Join_ThatIsRefusedForNow_IsSentAgain()
    {
        await Open();
        await _node.Welcomed();
        var first = await _node.Received("join");

        Refuse(first, "redis is away: could not join room 'lobby', try again");

        Assert.Equal(first.GetRawText(), (await _node.Received()).GetRawText());
    }

    [Fact]
    public async Task Join_ThatIsRefusedForGood_ShowsTheReason()
    {
        var alice = await Open();
        await _node.Welcomed();

        Refuse(await _node.Received("join"), "the token does not allow it");

        await Assertions.Expect(alice.Page.Locator("#refusal")).ToHaveTextAsync("the token does not allow it");
        await Assertions.Expect(alice.Page.Locator("#entry")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Message_BeforeTheJoin_IsSentAfterIt()
    {
        var alice = await Open();
        await _node.Connected();
        await alice.Send("hi");

        _node.Send("""{"type":"welcome","node":"ws-1","user":"alice"}""");
        Assert.Equal("join", Type(await _node.Received()));
        _node.Send($$"""{"type":"joined","room":"lobby",{{AtTheBeginning}}}""");

        var message = await _node.Received("room");
        Assert.Equal("hi", message.GetProperty("data").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Page_ThatMissedMessages_ShowsTheStoredOnes()
    {
        var alice = await Open();
        await _node.Joined(AtTheBeginning);
        _node.Deliver("bob", "before", "e", 1);
        await alice.UntilMessages("before");
        await alice.Send("unsent");
        var id = (await _node.Received("room")).GetProperty("id").GetString()!;

        await _node.Close();
        await _node.Joined("""
            "epoch":"f","offset":2,"recovered":false
            """);
        await _node.Received("history");
        string[] stored =
            [ScriptedNode.Message("bob", "after", "f", 1), ScriptedNode.Message("alice", "unsent", "f", 2, id)];
        _node.Send($$"""
            {"type":"history","room":"lobby","epoch":"f","messages":[{{string.Join(',', stored)}}]}
            """);
        _node.Send($$"""{"type":"ack","id":"{{id}}","channel":"room:lobby","epoch":"f","offset":2}""");

        await alice.UntilMessages("after", "unsent");
    }

    [Fact]
    public async Task Gap_OfTheChannelOfTheUser_LeavesThePositionInTheRoom()
    {
        await Open();
        await _node.Joined(AtTheBeginning);
        _node.Deliver("bob", "one", "e", 1);
        _node.Send("""{"type":"gap","channel":"user:alice","epoch":"u","offset":9}""");

        await _node.Close();

        var join = await _node.Joined("""
            "epoch":"e","offset":1,"recovered":true
            """);
        Assert.Equal("""{"epoch":"e","offset":1}""", join.GetProperty("since").GetRawText());
    }

    [Fact]
    public async Task Message_OfAnotherUserWithTheSameId_ReplacesNothing()
    {
        var alice = await Open();
        await _node.Joined(AtTheBeginning);
        await alice.Send("mine");
        var id = (await _node.Received("room")).GetProperty("id").GetString()!;
        _node.Deliver("alice", "mine", "e", 1, id);
        _node.Send($$"""{"type":"ack","id":"{{id}}","channel":"room:lobby","epoch":"e","offset":1}""");

        _node.Deliver("bob", "other", "e", 2, id);

        await alice.UntilMessages("mine", "other");
    }

    [Fact]
    public async Task Message_OfAUserWhoseTokenHasAnotherName_IsShownOnce()
    {
        var alice = await Open("token");
        await _node.Joined(AtTheBeginning, user: "al");
        await alice.Send("mine");
        var id = (await _node.Received("room")).GetProperty("id").GetString()!;

        _node.Deliver("al", "mine", "e", 1, id);
        _node.Send($$"""{"type":"ack","id":"{{id}}","channel":"room:lobby","epoch":"e","offset":1}""");
        _node.Deliver("bob", "next", "e", 2);

        await alice.UntilMessages("mine", "next");
        await Assertions.Expect(alice.Page.Locator("#title")).ToHaveTextAsync("lobby · al");
    }

    [Fact]
    public async Task Page_WhoseTokenExpiresDuringAReconnect_StopsToConnect()
    {
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1;
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"sub":"alice","exp":{{end}}}"""));
        var alice = await Open($"e30.{claims.TrimEnd('=')}.c2ln");
        await _node.Joined(AtTheBeginning);

        await _node.Close();
        await _node.Connected();
        await _node.Close(1011);

        await Assertions.Expect(alice.Page.Locator("#refusal")).ToHaveTextAsync("The token has expired.");
    }

    private Task<ChatWindow> Open(string? token = null) =>
        _browser!.Open(new Uri(_files!.Address), "alice", node: _node, token: token);

    private void Refuse(JsonElement request, string reason) => _node.Send(
        $$"""{"type":"error","id":"{{request.GetProperty("id").GetString()}}","reason":"{{reason}}"}""");

    private static string? Type(JsonElement message) => message.GetProperty("type").GetString();
}
