using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

namespace WsBalancer.EndToEnd.Tests.Transparency.Cases;

/// <summary>The sequences of steps that most cases have.</summary>
internal static class CaseShapes
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /// <summary>A masked frame "hi" of a client, and a frame "yo" of a node.</summary>
    public const string ClientFrame = "\u0081\u0082\u0001\u0002\u0003\u0004ik";
    public const string NodeFrame = "\u0081\u0002yo";

    public static readonly string Get = Head("GET /chat HTTP/1.1", "Host: plain.example");
    public static readonly string Ok = Head("HTTP/1.1 200 OK", "Content-Length: 2") + "ok";
    public static readonly string Open = Upgrade("/chat");
    public static readonly string Opened = Switch();

    /// <summary>The head of a message: its lines, each with its end, and an empty one.</summary>
    public static string Head(params string[] lines) => string.Concat(lines.Select(line => line + "\r\n")) + "\r\n";

    public static string Upgrade(string target, params string[] lines) => Head([
        $"GET {target} HTTP/1.1", "Host: plain.example", "Upgrade: websocket", "Connection: Upgrade",
        $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 13", .. lines]);

    public static string Switch(params string[] lines) => Head([
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        $"Sec-WebSocket-Accept: {Accept}", .. lines]);

    /// <summary>A plain request reaches the node as it is, or as given, and the node answers.</summary>
    public static Case Request(
        string name, string reason, string request, string? received = null, Peers peers = Peers.Both) => new(
        name, reason, peers,
        new Step.ClientSends(request),
        new Step.NodeReceives(received),
        new Step.NodeSends(Ok),
        new Step.ClientReceives(Ok));

    /// <summary>A node's answer reaches the client as it is, or as given.</summary>
    public static Case Answer(
        string name, string reason, string answer, string? received = null, Peers peers = Peers.Both,
        string? request = null) => new(
        name, reason, peers,
        new Step.ClientSends(request ?? Get),
        new Step.NodeReceives(),
        new Step.NodeSends(answer),
        new Step.ClientReceives(received));

    /// <summary>A node's answer that ends with its connection.</summary>
    public static Case AnswerToTheEnd(
        string name, string reason, string answer, string received, Peers peers = Peers.Both,
        string? request = null) => new(
        name, reason, peers,
        new Step.ClientSends(request ?? Get),
        new Step.NodeReceives(IsWhole: request is null),
        new Step.NodeSends(answer),
        new Step.NodeFinishes(),
        new Step.ClientReceives(received));

    /// <summary>The proxy answers a request; the node receives nothing of the request.</summary>
    public static Case Refusal(
        string name, string reason, string request, int[] statuses, Peers peers = Peers.Both) => new(
        name, reason, peers,
        new Step.ClientSends(request),
        new Step.ClientIsRefused(statuses));

    /// <summary>The proxy replaces a node's answer by its own.</summary>
    public static Case Repair(
        string name, string reason, string request, string answer, int[] statuses, Peers peers = Peers.Both) => new(
        name, reason, peers,
        new Step.ClientSends(request),
        new Step.NodeReceives(IsWhole: false),
        new Step.NodeSends(answer),
        new Step.ClientReceivesError(statuses));

    /// <summary>A handshake reaches the node as it is, or as given, and opens a tunnel with a frame each way.</summary>
    public static Case Handshake(
        string name,
        string reason,
        string? request = null,
        string? received = null,
        string? answer = null,
        string? answered = null,
        Peers peers = Peers.Both) => new(
        name, reason, peers,
        new Step.ClientSends(request ?? Open),
        new Step.NodeReceives(received, IsWhole: false),
        new Step.NodeSends(answer ?? Opened),
        new Step.ClientReceives(answered, IsWhole: false),
        new Step.ClientSends(ClientFrame),
        new Step.NodeReceivesMore(ClientFrame),
        new Step.NodeSends(NodeFrame),
        new Step.ClientReceivesMore(NodeFrame));

    /// <summary>A node answers a handshake with another status than 101.</summary>
    public static Case Decline(
        string name, string reason, string answer, string? received = null, Peers peers = Peers.Both) => new(
        name, reason, peers,
        new Step.ClientSends(Open),
        new Step.NodeReceives(IsWhole: false),
        new Step.NodeSends(answer),
        new Step.ClientReceives(received));
}
