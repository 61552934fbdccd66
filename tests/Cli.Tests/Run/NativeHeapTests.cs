using System.Globalization;
using System.Runtime.InteropServices;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class NativeHeapTests
{
    private const int Blocks = 64 * 1024;
    private const int BlockSize = 1024;

    [Fact]
    public void GiveBack_OfBlocksFreedBelowOneInUse_MakesTheProcessSmaller()
    {
        Assert.SkipUnless(IsGlibc, "Only glibc keeps what is freed until it is told not to.");
        var blocks = new nint[Blocks];
        foreach (ref var block in blocks.AsSpan())
        {
            block = Marshal.AllocHGlobal(BlockSize);
            Marshal.WriteByte(block, 1);
        }

        foreach (var block in blocks.AsSpan()[..^1])
        {
            Marshal.FreeHGlobal(block);
        }

        var kept = Resident();
        NativeHeap.Trim();

        Assert.InRange(kept - Resident(), Blocks * BlockSize / 2, long.MaxValue);
        Marshal.FreeHGlobal(blocks[^1]);
    }

    private static bool IsGlibc => OperatingSystem.IsLinux()
        && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "gnu_get_libc_version", out _);

    // /proc/[pid]/statm (proc(5)): the second number, in pages.
    private static long Resident() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize;
}
