using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace WsBalancer.EndToEnd.Tests.Chat;

/// <summary>The chat page of one user.</summary>
internal sealed partial class ChatWindow
{
    public ChatWindow(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Errors.AddRange(message.Type is "error" ? [message.Text] : []);
        page.PageError += (_, error) => Errors.Add(error);
        page.Request += (_, request) => Hosts.Add(new Uri(request.Url).Authority);
    }

    public IPage Page { get; }

    /// <summary>The errors that the browser reported.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The hosts of all requests.</summary>
    public HashSet<string> Hosts { get; } = [];

    public ILocator Users => Page.Locator("#users li");

    private ILocator State => Page.Locator("#state");

    /// <summary>Waits until the page is connected.</summary>
    /// <returns>The name of the node.</returns>
    public async Task<string> Node()
    {
        await Assertions.Expect(State).ToHaveTextAsync(Connected());
        return (await State.InnerTextAsync()).Split(' ')[^1];
    }

    public async Task UntilNode(string name) => await Assertions.Expect(State).ToHaveTextAsync($"connected to {name}");

    public async Task Send(string text)
    {
        await Page.FillAsync("#text", text);
        await Page.PressAsync("#text", "Enter");
    }

    /// <summary>Waits until the page shows exactly these messages, all of them acknowledged.</summary>
    public async Task UntilMessages(params IEnumerable<string> texts)
    {
        await Assertions.Expect(Page.Locator("#messages li p")).ToHaveTextAsync([.. texts]);
        await Assertions.Expect(Page.Locator("#messages li.pending")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("^connected to ws-[0-9]+$")]
    private static partial Regex Connected();
}
