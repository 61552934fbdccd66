namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>What became of new clients that all used one transport.</summary>
/// <param name="Transport">Its name.</param>
/// <param name="Nodes">How many were served by each node, from the first request to the last.</param>
/// <param name="Failures">Why the others failed.</param>
internal sealed record TransportResult(
    string Transport, IReadOnlyDictionary<string, int> Nodes, IReadOnlyList<string> Failures)
{
    public int Served => Nodes.Values.Sum();
}
