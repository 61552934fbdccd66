using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

public sealed class UringProbeTests
{
    [Fact]
    public void Probe_WhereALoopStarts_FindsNoObstacle()
    {
        Loops.Engines.SkipWithoutUring();

        Assert.Null(UringProbe.FindObstacle());
    }

    [Theory]
    [InlineData(Errno.NotPermitted, "kernel.io_uring_disabled")]
    [InlineData(Errno.NoSuchCall, "does not have it")]
    [InlineData(Errno.InvalidArgument, "too old")]
    [InlineData(Errno.OutOfMemory, "memory")]
    [InlineData(Errno.TooManyFiles, "refuses")]
    public void Refusal_IsExplained(int error, string why)
    {
        var sentence = UringProbe.Explain(new IOException("io_uring_setup failed: Some Reason", error));

        Assert.Contains(why, sentence, StringComparison.Ordinal);
        Assert.EndsWith("(io_uring_setup failed: Some Reason).", sentence, StringComparison.Ordinal);
    }
}
