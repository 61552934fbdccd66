namespace WsBalancer.Cli.Demo;

/// <summary>The demo cannot go on: a program is missing, did not start, or ended on its own.</summary>
internal sealed class DemoFailure(string message, Exception? cause = null) : Exception(message, cause);
