using System.Text;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Ends <c>wsbalancer run</c> if there are too few descriptors for it. Otherwise the runtime fails later, in a place
/// that has nothing to do with it.
/// </summary>
/// <remarks>
/// This runs first in the process and uses as little of the platform as it can: each assembly that is loaded takes a
/// descriptor, and the console some more.
/// </remarks>
internal static class DescriptorObstacle
{
    private const int StandardError = 2;

    /// <summary>Whether the process cannot run; then the reason has been written to standard error.</summary>
    public static unsafe bool Stops(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0] != "run"
            || DescriptorLimit.Current is not { } limit || limit >= DescriptorBudget.Least)
        {
            return false;
        }

        var line = Encoding.UTF8.GetBytes(
            $"wsbalancer cannot start: this process may have at most {limit} descriptors, and needs at least "
            + $"{DescriptorBudget.Least}, and {DescriptorBudget.PerTunnel} more for each tunnel. Raise the hard limit "
            + "with 'ulimit -n' in the shell, or LimitNOFILE= of systemd.\n");
        fixed (byte* start = line)
        {
            _ = LibC.Write(StandardError, start, (nuint)line.Length);
        }

        return true;
    }
}
