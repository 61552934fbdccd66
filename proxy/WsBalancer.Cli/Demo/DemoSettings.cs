namespace WsBalancer.Cli.Demo;

/// <summary>How large the demo is, and whether its fleet is kept for commands instead of the story.</summary>
internal sealed record DemoSettings(int Nodes, int Users, bool Keep = false);
