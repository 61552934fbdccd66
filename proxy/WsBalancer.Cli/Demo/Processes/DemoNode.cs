namespace WsBalancer.Cli.Demo.Processes;

/// <summary>
/// A node of the demo. Its id and address stay the same when its process crashes and is started again.
/// </summary>
internal sealed class DemoNode(string id)
{
    public string Id { get; } = id;

    /// <summary>The address; null until the first process listens. Later processes use the same port.</summary>
    public Uri? Address { get; set; }

    public ChildProcess? Process { get; set; }
}
