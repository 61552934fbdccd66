using WsBalancer.LoadTest.Commands;

return await CommandLine.InvokeAsync(args, Console.Out, Console.Error, TimeProvider.System);
