using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace WsBalancer.Benchmarks;

/// <summary>The jobs and the reports of the benchmarks.</summary>
internal static class BenchmarkSettings
{
    // For a shared machine with two cores: many short iterations, so that a disturbance by another process is an
    // outlier and does not change the mean; and over a second of warm-up, so that tiered compilation is complete and
    // the processor has reached its full clock rate.
    public static IConfig WithOurJob() => WithoutJob()
        .AddJob(Job.Default
            .WithIterationTime(TimeInterval.FromMilliseconds(150))
            .WithWarmupCount(8)
            .WithMinIterationCount(10)
            .WithMaxIterationCount(20));

    public static ManualConfig WithoutJob() => ManualConfig.CreateEmpty()
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithArtifactsPath(ResultsFolder());

    // Next to bin/ and obj/ in the repository's artifacts/, independent of the working directory.
    private static string ResultsFolder() =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "benchmarks"));
}
