using System.Text;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Ends <c>wsbalancer run</c> if the limit of descriptors is too low. Without this check the runtime fails later, at an
/// unrelated place.
/// </summary>
/// <remarks>
/// The check runs first in the process and uses as little of the platform as possible: each assembly that is loaded
/// takes a descriptor, and the console takes some more.
/// </remarks>
internal static class DescriptorObstacle
{
    private const int StandardError = 2;

    /// <summary>Whether the process cannot run; then the reason has been written to standard error.</summary>
    public static unsafe bool Stops(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0] != "run"
            || DescriptorLimit.Current is not { } limit || limit >= DescriptorBudget.Min)
        {
            return false;
        }

        var line = Encoding.UTF8.GetBytes(
            $"wsbalancer cannot start: this process may have at most {limit} descriptors, and needs at least "
            + $"{DescriptorBudget.Min}, and {DescriptorBudget.PerTunnel} more for each tunnel. Raise the hard limit "
            + "with 'ulimit -n' in the shell, or LimitNOFILE= of systemd.\n");
        fixed (byte* start = line)
        {
            _ = LibC.Write(StandardError, start, (nuint)line.Length);
        }

        return true;
    }
}
