using WsBalancer.Cli;
using WsBalancer.Cli.Run;

return DescriptorObstacle.Stops(args) ? ExitCode.Failed : await RunAsync(args);

// A separate method: the assemblies that it needs are loaded when it is called, after the check of the descriptors.
static Task<int> RunAsync(string[] arguments) =>
    CommandLine.RunAsync(arguments, Console.Out, Console.Error, TimeProvider.System);
