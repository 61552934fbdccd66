namespace WsBalancer.Cli.Demo;

/// <summary>How large the demo is.</summary>
internal sealed record DemoSettings(int Nodes, int Users);
