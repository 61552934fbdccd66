using WsBalancer.Cli;
using WsBalancer.Cli.Run;

return DescriptorObstacle.Stops(args) ? ExitCode.Failed : await RunAsync(args);

// A method of its own: the assemblies that it needs are loaded when it is called, and not before the check.
static Task<int> RunAsync(string[] arguments) =>
    CommandLine.RunAsync(arguments, Console.Out, Console.Error, TimeProvider.System);
