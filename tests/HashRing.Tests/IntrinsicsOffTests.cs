using System.Diagnostics;
using WsBalancer.HashRing.Tests.Compatible;

namespace WsBalancer.HashRing.Tests;

/// <summary>
/// Machines with other instructions must have the same results: all vectors hold without any hardware intrinsics.
/// </summary>
public sealed class IntrinsicsOffTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task GoldenVectors_WithoutHardwareIntrinsics_Hold()
    {
        var start = SelfStart(
            "-noColor",
            "-class", typeof(GoldenVectorTests).FullName!,
            "-class", typeof(PeerVectorTests).FullName!,
            "-class", typeof(PublishedVectorTests).FullName!);
        start.Environment["DOTNET_EnableHWIntrinsic"] = "0";

        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var output = await ReadToEnd(process, deadline.Token);

        Assert.Equal((0, output), (process.ExitCode, output));
        Assert.Matches(@"Total: [1-9]\d*, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", output);
    }

    private static async Task<string> ReadToEnd(Process process, CancellationToken cancellationToken)
    {
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>
    /// The start of this test program in a second process, in the way in which this one was started: as a program, or
    /// by <c>dotnet</c>.
    /// </summary>
    private static ProcessStartInfo SelfStart(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        IEnumerable<string> self = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [Path.Combine(AppContext.BaseDirectory, "HashRing.Tests.dll")]
            : [];
        return new ProcessStartInfo(program, [.. self, .. arguments]) { RedirectStandardOutput = true };
    }
}
