namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>The result of new clients that all used one transport.</summary>
/// <param name="Transport">The name of the transport.</param>
/// <param name="Nodes">The number of clients that each node served, from the first request to the last.</param>
/// <param name="Failures">The failures of the other clients.</param>
internal sealed record TransportResult(
    string Transport, IReadOnlyDictionary<string, int> Nodes, IReadOnlyList<string> Failures)
{
    public int Served => Nodes.Values.Sum();
}
