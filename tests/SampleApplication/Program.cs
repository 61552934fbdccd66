using WsBalancer.SampleApplication;

await Sample.Build(args).RunAsync();
