namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>The program <c>ws-node</c> itself, from the output folder of the tests.</summary>
internal static class NodeProcess
{
    public static ServerProcess Start(params string[] arguments) =>
        ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, "ws-node"), arguments);
}
