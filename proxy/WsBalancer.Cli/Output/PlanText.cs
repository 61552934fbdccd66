using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Output;

/// <summary>
/// A plan for a person: how much moves, how much of that is necessary, and each node before and after.
/// </summary>
internal static class PlanText
{
    private const string Legend =
        "HOMES: tunnels of users who belong there; 'nodes' shows where they are";

    public static void Write(PlanView plan, CommandOutput output)
    {
        output.Writer.WriteLine(
            $"moved    {Amounts.Percent(plan.Moved)} of all users "
            + $"(minimum {Amounts.Percent(plan.Minimum)}, excess {Amounts.Percent(plan.Excess)})");
        if (plan is BlendView { Excess: > 0 })
        {
            output.Writer.WriteLine(
                "         all of it is excess by definition: a blend changes the ring, and no node");
        }

        var tunnels = Amounts.Number(plan.Nodes.Sum(node => node.TunnelsBefore));
        output.Writer.WriteLine(
            $"tunnels  {Amounts.Number(plan.TunnelsMoved)} of {tunnels} at this balancer get another home");
        TableOf(plan.Nodes).Write(output);
        output.Writer.WriteLine(Legend);
    }

    private static TextTable TableOf(IEnumerable<PlannedNodeView> nodes)
    {
        var table = new TextTable(
            new Column("NODE", IsCut: true),
            new Column("SHARE", IsNumber: true),
            new Column("SHARE AFTER", IsNumber: true),
            new Column("HOMES", IsNumber: true),
            new Column("HOMES AFTER", IsNumber: true));
        foreach (var node in nodes)
        {
            table.AddRow(
                node.Id,
                Amounts.Percent(node.ShareBefore),
                $"→ {Amounts.Percent(node.ShareAfter)}",
                Amounts.Number(node.TunnelsBefore),
                $"→ {Amounts.Number(node.TunnelsAfter)}");
        }

        return table;
    }
}
