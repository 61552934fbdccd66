namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>A wait was interrupted; the message has what happens to that which was waited for.</summary>
internal sealed class WaitEndedException(string message) : OperationCanceledException(message);
