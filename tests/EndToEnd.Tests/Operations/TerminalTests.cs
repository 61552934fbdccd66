using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>Operators' commands on a real terminal, which <c>script</c> of util-linux provides.</summary>
public sealed partial class TerminalTests
{
    private const string LongName = "ws-node-7d9f8b6c5d-x2x9z.europe-west3.internal";

    [Theory]
    [InlineData(80, "nodes", "NODE,MISPLACED", false)]
    [InlineData(80, "tunnels", "TUNNEL,AGE", false)]
    [InlineData(80, "plan --remove ws-2", "NODE,HOMES AFTER", false)]
    [InlineData(80, "balancers", "BALANCER,TUNNELS", false)]
    [InlineData(40, "nodes", "NODE,TUNNELS", false)]
    [InlineData(200, "nodes", "NODE,ADDRESS", true)]
    [InlineData(200, "tunnels", "TUNNEL,MISPLACED", true)]
    public async Task Table_FitsTheTerminal_AndIsDrawnWhereItCan(
        int columns, string command, string headers, bool isDrawn)
    {
        await using var fleet = await WsFleet.Start(2, 2, AddNodeWithALongName);
        using var client = await fleet.Balancer.Open(new string('u', 60));
        await fleet.Balancer.UntilOpen();

        var (code, lines) = await Run(fleet.Balancer, columns, $"wsbalancer {command}");

        Assert.True(code == 0, string.Join('\n', lines));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
        Assert.Equal(isDrawn, lines.Any(line => line.StartsWith('╭')));
        Assert.Contains(lines, line => headers.Split(',').All(
            header => line.Contains(header, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("n\n", 1, "Nothing was done.", 2)]
    [InlineData("y\n", 0, "ws-2 is removed.", 1)]
    [InlineData("\x03", 130, "Interrupted.", 2)]
    public async Task ChangeThatMovesMuch_NeedsAConfirmation(string answer, int exitCode, string line, int nodes)
    {
        await using var fleet = await WsFleet.Start(2, 2);

        var (code, lines) = await Run(fleet.Balancer, 80, "wsbalancer remove ws-2", answer);

        Assert.Equal(exitCode, code);
        Assert.Contains(lines, one => one.Contains("of all users. Go on? [y/N]", StringComparison.Ordinal));
        Assert.Contains(lines, one => one.Contains(line, StringComparison.Ordinal));
        Assert.Equal(nodes, (await fleet.Balancer.Cluster())["nodes"]!.AsArray().Count);
    }

    private static void AddNodeWithALongName(BalancerConfig config) => config
        .AddNode(LongName, "http://127.0.0.1:1/")
        .Set($"ReverseProxy:Clusters:{BalancerConfig.Cluster}:Destinations:{LongName}:Metadata:Weight", "0");

    private static async Task<(int Code, string[] Lines)> Run(
        Balancer balancer, int columns, string command, string answer = "")
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(Programs.Balancer)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["WSBALANCER_ADMIN"] = balancer.AdminUrl,
            ["TERM"] = "xterm-256color",
        };
        var screen = Path.GetTempFileName();
        await using var terminal = RunningProcess.Start(
            "script",
            "script",
            environment,
            "--quiet",
            "--return",
            "--flush",
            "--command",
            $"stty cols {columns} rows 40; {command}",
            screen);
        if (answer.Length > 0)
        {
            await Deadline.Until(
                "the question is shown",
                () => File.ReadAllText(screen).Contains("[y/N]", StringComparison.Ordinal));
            terminal.Type(answer);
        }

        var code = await terminal.ExitCode();
        File.Delete(screen);
        return (code, [.. terminal.Lines.Select(line => Sequence().Replace(line, "").TrimEnd())]);
    }

    // Colours, cursor movements, and the carriage returns of a terminal.
    [GeneratedRegex(@"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r", RegexOptions.CultureInvariant)]
    private static partial Regex Sequence();
}
