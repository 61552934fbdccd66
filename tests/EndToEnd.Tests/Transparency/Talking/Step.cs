namespace WsBalancer.EndToEnd.Tests.Transparency.Talking;

/// <summary>One step of a dialogue; the next one begins when it is done. Texts have a character for each byte.
/// </summary>
internal abstract record Step
{
    private Step()
    {
    }

    public sealed record ClientSends(string Bytes) : Step;

    public sealed record NodeSends(string Bytes) : Step;

    /// <summary>The node receives a message: a head as expected, and this content.</summary>
    /// <param name="Message">Null: what the client sent last, without its hop-by-hop fields.</param>
    /// <param name="IsWhole">Whether the message ends with it.</param>
    public sealed record NodeReceives(string? Message = null, bool IsWhole = true) : Step;

    /// <summary>The client receives a message.</summary>
    /// <param name="Message">Null: what the node sent last, without its hop-by-hop fields.</param>
    /// <param name="IsWhole">Whether the message ends with it.</param>
    public sealed record ClientReceives(string? Message = null, bool IsWhole = true) : Step;

    /// <summary>More content of the message that the node is receiving.</summary>
    public sealed record NodeReceivesMore(string Content, bool IsWhole = false) : Step;

    /// <summary>More content of the message that the client is receiving.</summary>
    public sealed record ClientReceivesMore(string Content, bool IsWhole = false) : Step;

    /// <summary>The client receives an answer that the proxy itself made; the node has received nothing.</summary>
    public sealed record ClientIsRefused(params int[] Statuses) : Step;

    /// <summary>The client receives an answer of the proxy itself, after the node was asked.</summary>
    public sealed record ClientReceivesError(params int[] Statuses) : Step;

    public sealed record ClientFinishes : Step;

    public sealed record NodeFinishes : Step;

    public sealed record NodeResets : Step;

    public sealed record ClientResets : Step;

    /// <summary>The client's connection ends, in order or not.</summary>
    /// <param name="MayReceive">Whether an answer that nobody asked for may be sent before the end.</param>
    public sealed record ClientSeesEnd(bool MayReceive = false) : Step;

    /// <summary>The node's connection ends, in order or not.</summary>
    public sealed record NodeSeesEnd : Step;

    /// <summary>The requests that have reached the node so far.</summary>
    public sealed record NodeWasAsked(int Times) : Step;
}
