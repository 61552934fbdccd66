namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>One step of a dialogue; the steps run one after the other. Texts have a character for each byte.</summary>
internal abstract record Step
{
    private Step()
    {
    }

    public sealed record ClientSends(string Bytes) : Step;

    public sealed record NodeSends(string Bytes) : Step;

    /// <summary>The node receives a message: a head as expected, and this content.</summary>
    /// <param name="Message">The message; null for the last one of the client, without its hop-by-hop fields.</param>
    /// <param name="IsWhole">Whether the content is complete.</param>
    public sealed record NodeReceives(string? Message = null, bool IsWhole = true) : Step;

    /// <summary>The client receives a message.</summary>
    /// <param name="Message">The message; null for the last one of the node, without its hop-by-hop fields.</param>
    /// <param name="IsWhole">Whether the content is complete.</param>
    public sealed record ClientReceives(string? Message = null, bool IsWhole = true) : Step;

    /// <summary>More content of the message that the node is receiving.</summary>
    public sealed record NodeReceivesMore(string Content, bool IsWhole = false) : Step;

    /// <summary>More content of the message that the client is receiving.</summary>
    public sealed record ClientReceivesMore(string Content, bool IsWhole = false) : Step;

    /// <summary>The client receives an answer of the proxy itself; the node has received nothing.</summary>
    public sealed record ClientIsRefused(params int[] Statuses) : Step;

    /// <summary>The client receives an answer of the proxy itself; the node may have received the request.</summary>
    public sealed record ClientReceivesError(params int[] Statuses) : Step;

    public sealed record ClientFinishes : Step;

    public sealed record NodeFinishes : Step;

    public sealed record NodeResets : Step;

    public sealed record ClientResets : Step;

    /// <summary>The client's connection ends, with FIN or with a reset.</summary>
    /// <param name="MayReceive">Whether the client may receive an answer before the end.</param>
    public sealed record ClientConnectionEnds(bool MayReceive = false) : Step;

    /// <summary>The node's connection ends, with FIN or with a reset.</summary>
    public sealed record NodeConnectionEnds : Step;

    /// <summary>The node has received this number of requests so far.</summary>
    public sealed record NodeReceivedRequests(int Count) : Step;
}
