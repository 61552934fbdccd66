using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Peers;

/// <summary>A node as another balancer has it in its configuration.</summary>
/// <param name="Node">The node itself.</param>
/// <param name="Number">The server's id, for HAProxy.</param>
/// <param name="Weight">Its part, relative to the others'.</param>
internal sealed record PeerNode(ScriptedNode Node, int Number, int Weight);
