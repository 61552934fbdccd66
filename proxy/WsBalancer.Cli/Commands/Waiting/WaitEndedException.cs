namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>A wait was interrupted. The message explains how the operation continues without the wait.</summary>
internal sealed class WaitEndedException(string message) : OperationCanceledException(message);
