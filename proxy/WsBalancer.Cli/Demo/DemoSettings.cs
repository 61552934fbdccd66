namespace WsBalancer.Cli.Demo;

/// <summary>The size of the demo, and whether its fleet is kept for commands instead of running the chapters.</summary>
internal sealed record DemoSettings(int Nodes, int Users, bool Keep = false);
