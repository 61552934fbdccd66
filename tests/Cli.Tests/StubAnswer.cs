using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Cli.Tests;

/// <summary>The response of a stub to one request.</summary>
internal sealed record StubAnswer(int Status, string Type, string Body)
{
    /// <summary>No response: the connection is reset, as when a balancer is killed.</summary>
    public static StubAnswer Reset { get; } = new(0, "", "");

    /// <summary>Whether the response, once written, stays open until the client disconnects.</summary>
    public bool StaysOpen { get; init; }

    public static implicit operator StubAnswer(string body) => new(200, "application/json", body);

    public static StubAnswer Problem(int status, string detail, string title = "Conflict") => new(
        status,
        "application/problem+json",
        new JsonObject { ["title"] = title, ["status"] = status, ["detail"] = detail }.ToJsonString());

    public static StubAnswer Events(string body, bool staysOpen = false) =>
        new(200, "text/event-stream", body) { StaysOpen = staysOpen };

    public async Task WriteToAsync(HttpContext context)
    {
        if (this == Reset)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = Status;
        context.Response.ContentType = Type;
        await context.Response.WriteAsync(Body, context.RequestAborted);
        if (StaysOpen)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            var reset = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(reset.SetResult);
            await reset.Task;
        }
    }
}
