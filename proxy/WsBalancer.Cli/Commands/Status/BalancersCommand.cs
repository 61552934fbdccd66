using System.CommandLine;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Status;

namespace WsBalancer.Cli.Commands.Status;

/// <summary><c>wsbalancer balancers</c>: the balancers that share the fleet, and whether they agree.</summary>
internal static class BalancersCommand
{
    private const int ShortFingerprint = 12;
    private const string None = "-";

    public static Command Create() => new OperatorCommand(
        "balancers",
        "List the balancers that share the fleet: version, ring, tunnels; exits with 1 if they do not agree or are "
            + "not known",
        RunAsync)
    {
        HasNames = true,
        Examples = ["balancers", "balancers --json"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ReadBalancersAsync(cancellation);
        var known = answer.Value;
        await operation.WriteListAsync(
            answer,
            known.Balancers.Select(balancer => balancer.Id),
            () =>
            {
                TableOf(known.Balancers).Write(operation.Output);
                operation.Output.Writer.WriteLine(Sharing(known));
            });

        var agree = known.Balancers.SelectMany(balancer => balancer.Clusters).All(cluster => cluster.Agrees);
        return agree && known.Shared is not false ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Sharing(BalancersView known) => known switch
    {
        { Redis: null } => "This balancer shares with no others (WsBalancer:State:Redis).",
        { Redis.Connected: true } => $"Shared through Redis at {known.Redis.Address}.",
        _ => $"Redis at {known.Redis.Address} cannot be used ({known.Redis.Why}): the others are not known.",
    };

    private static TextTable TableOf(IEnumerable<BalancerView> balancers)
    {
        var table = new TextTable(
            new Column("BALANCER", IsCut: true),
            new Column("CLUSTER", IsCut: true),
            new Column("RING"),
            new Column("AGREES"),
            new Column("TUNNELS", IsNumber: true),
            new Column("VERSION", Drop: 1, IsCut: true));
        foreach (var balancer in balancers)
        {
            var name = balancer.Self ? $"{balancer.Id} (this)" : balancer.Id;
            foreach (var cluster in balancer.Clusters)
            {
                table.AddRow(
                    name,
                    cluster.Id,
                    cluster.Fingerprint is { } ring ? ring[..Math.Min(ShortFingerprint, ring.Length)] : None,
                    cluster.Agrees ? "yes" : "no",
                    Amounts.Number(cluster.Tunnels),
                    balancer.Version ?? None);
            }
        }

        return table;
    }
}
