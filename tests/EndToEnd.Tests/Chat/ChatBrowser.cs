using Microsoft.Playwright;
using WsBalancer.EndToEnd.Tests.Interop;

namespace WsBalancer.EndToEnd.Tests.Chat;

/// <summary>A headless Chromium.</summary>
internal sealed class ChatBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChatBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<ChatBrowser> Start()
    {
        Assertions.SetDefaultExpectTimeout((float)Deadline.Default.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new ChatBrowser(playwright, await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = InteropClient.FindOnPath("chromium", "chromium"),
                // The sandbox needs privileges that containers do not have; the pages are our own.
                Args = ["--no-sandbox"],
            }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens the chat page in a window of its own.</summary>
    /// <param name="url">The address of the page, without a user.</param>
    /// <param name="user">The user, who joins the room "lobby".</param>
    /// <param name="width">The width of the window, in CSS pixels.</param>
    /// <param name="height">The height of the window.</param>
    /// <param name="node">The node to which the page connects; null for that of the address.</param>
    /// <param name="token">The token of the user; null for none.</param>
    public async Task<ChatWindow> Open(
        Uri url, string user, int width = 900, int height = 600, ScriptedNode? node = null, string? token = null)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout((float)Deadline.Default.TotalMilliseconds);
        var window = new ChatWindow(await context.NewPageAsync());
        await (node?.Serve(window.Page) ?? Task.CompletedTask);
        await window.Page.GotoAsync(new Uri(url, $"/#user={user}&room=lobby&token={token}").ToString());
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
