using WsBalancer.BackendSample.Cli;

return await NodeCommandLine.RunAsync(args, Console.Out, Console.Error);
