using BenchmarkDotNet.Running;
using WsBalancer.Benchmarks;

// A job on the command line replaces ours; otherwise both would run.
var namesAJob = args.Any(static arg => arg is "-j" || arg.StartsWith("--job", StringComparison.Ordinal));
var settings = namesAJob ? BenchmarkSettings.WithoutJob() : BenchmarkSettings.WithOurJob();
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkSettings).Assembly).Run(args, settings);
