namespace WsBalancer.Cli.Demo.Processes;

/// <summary>A node of the demo: its id and address stay, its process may crash and come back.</summary>
internal sealed class DemoNode(string id)
{
    public string Id { get; } = id;

    /// <summary>Known once the first process listens; a returning process takes the same port.</summary>
    public Uri? Address { get; set; }

    public ChildProcess? Process { get; set; }
}
