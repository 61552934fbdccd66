using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Playwright;

namespace WsBalancer.EndToEnd.Tests.Chat;

/// <summary>A node whose part of the conversation with the chat page is played by the test.</summary>
internal sealed class ScriptedNode
{
    private readonly Channel<IWebSocketRoute> _connections = Channel.CreateUnbounded<IWebSocketRoute>();
    private readonly Channel<JsonElement> _received = Channel.CreateUnbounded<JsonElement>();
    private IWebSocketRoute? _connection;

    /// <summary>Accepts every WebSocket of the page.</summary>
    public Task Serve(IPage page) => page.RouteWebSocketAsync(_ => true, connection =>
    {
        connection.OnMessage(frame => _received.Writer.TryWrite(JsonElement.Parse(frame.Text!)));
        _connections.Writer.TryWrite(connection);
    });

    /// <summary>Waits for the next connection of the page.</summary>
    public async Task Connected()
    {
        using var deadline = Deadline.Start();
        _connection = await _connections.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Waits for the next connection, and sends the welcome.</summary>
    public async Task Welcomed(string user = "alice")
    {
        await Connected();
        Send($$"""{"type":"welcome","node":"ws-1","user":"{{user}}"}""");
    }

    /// <summary>Waits for the next connection, sends the welcome, and answers the join.</summary>
    /// <param name="answer">The fields of the answer about the position, as JSON.</param>
    /// <param name="user">The user of the welcome.</param>
    /// <returns>The join.</returns>
    public async Task<JsonElement> Joined(string answer, string user = "alice")
    {
        await Welcomed(user);
        var join = await Received("join");
        Send($$"""{"type":"joined","room":"lobby",{{answer}}}""");
        return join;
    }

    public void Send(string message) => _connection!.Send(message);

    /// <summary>Delivers a stored message.</summary>
    public void Deliver(string from, string text, string epoch, int offset, string id = "m") =>
        Send(Message(from, text, epoch, offset, id));

    /// <summary>A stored message, as a node delivers it.</summary>
    public static string Message(string from, string text, string epoch, int offset, string id = "m") =>
        $$"""{"type":"room","id":"{{id}}","room":"lobby","from":"{{from}}","node":"ws-1","data":{"text":"{{text}}"},"""
        + $"\"epoch\":\"{epoch}\",\"offset\":{offset}}}";

    /// <summary>Receives messages until one of a type.</summary>
    public async Task<JsonElement> Received(string type)
    {
        while (true)
        {
            var message = await Received();
            if (message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    public async Task<JsonElement> Received()
    {
        using var deadline = Deadline.Start();
        return await _received.Reader.ReadAsync(deadline.Token);
    }

    public Task Close(int code = 1012) => _connection!.CloseAsync(new() { Code = code });
}
