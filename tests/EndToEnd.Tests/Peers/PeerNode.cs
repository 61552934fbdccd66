using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Peers;

/// <summary>A node in the configuration of another balancer.</summary>
/// <param name="Node">The node itself.</param>
/// <param name="Number">The server's id, for HAProxy.</param>
/// <param name="Weight">The weight relative to the other nodes.</param>
internal sealed record PeerNode(ScriptedNode Node, int Number, int Weight);
