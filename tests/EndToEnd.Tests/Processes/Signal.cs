namespace WsBalancer.EndToEnd.Tests.Processes;

/// <summary>The signals that the tests send (numbers of Linux).</summary>
public enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
