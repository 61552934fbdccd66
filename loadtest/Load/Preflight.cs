namespace WsBalancer.LoadTest.Load;

/// <summary>Reports, before a run, limits that would make the run fail halfway, and how to raise them.</summary>
internal static class Preflight
{
    // Descriptors that the runtime itself opens: libraries, pipes, event queues. An estimate on the safe side.
    private const int OwnDescriptors = 150;

    public static IReadOnlyList<string> Check(int connections, ProcessLimits limits)
    {
        var problems = new List<string>();
        var needed = connections + OwnDescriptors;
        if (limits.Descriptors < needed)
        {
            problems.Add(
                $"{connections} connections need {needed} file descriptors, but this process may open "
                + $"{limits.Descriptors}. Raise the hard limit (as root: ulimit -Hn {needed}; systemd: "
                + $"LimitNOFILE={needed}; containers: --ulimit nofile={needed}), or use at most "
                + $"{Math.Max(limits.Descriptors.Value - OwnDescriptors, 0)} connections a process.");
        }

        if (limits.LocalPorts < connections)
        {
            problems.Add(
                $"{connections} connections to one address need as many local ports, but the kernel gives "
                + $"{limits.LocalPorts}. Widen the range (as root: sysctl -w net.ipv4.ip_local_port_range="
                + "\"1024 65535\"), or use fewer connections.");
        }

        return problems;
    }
}
