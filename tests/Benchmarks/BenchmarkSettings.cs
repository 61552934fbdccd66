using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace WsBalancer.Benchmarks;

/// <summary>How benchmarks run, and what they report.</summary>
internal static class BenchmarkSettings
{
    // For a shared machine with two cores: many short iterations, so that what a neighbour disturbs is seen as an
    // outlier and not averaged in; and over a second of warm-up, so that tiering is over and the processor at its pace.
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

    // Beside bin/ and obj/ in the repository's artifacts/, wherever the command was given.
    private static string ResultsFolder() =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "benchmarks"));
}
