namespace WsBalancer.Cli.Demo;

/// <summary>The demo cannot continue: a program is missing, did not start, or ended unexpectedly.</summary>
internal sealed class DemoFailure(string message, Exception? cause = null) : Exception(message, cause);
