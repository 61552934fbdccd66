using BenchmarkDotNet.Running;
using WsBalancer.Benchmarks;

// A job of the command line takes the place of ours, instead of running beside it.
var namesAJob = args.Any(static arg => arg is "-j" || arg.StartsWith("--job", StringComparison.Ordinal));
var settings = namesAJob ? BenchmarkSettings.WithoutJob() : BenchmarkSettings.WithOurJob();
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkSettings).Assembly).Run(args, settings);
