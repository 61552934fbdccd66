using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations.Page;

/// <summary>
/// Runs every command of a section of the page in a shell, as a reader types it, and compares its output with the page.
/// The addresses of the page's nodes are replaced by those of the test, and <c>restart</c> by a command without effect.
/// </summary>
internal sealed class PageWalk(Balancer balancer, WsNode[] nodes)
{
    private readonly Dictionary<string, Func<Task>> _readers = [];

    /// <summary>Sets the action of a step that the page leaves to the reader.</summary>
    public PageWalk With(string step, Func<Task> act)
    {
        _readers.Add($"… {step} …", act);
        return this;
    }

    public async Task Run(string section)
    {
        foreach (var step in OperationsPage.Find(section).Steps)
        {
            await (step.IsReaders ? Act(step.Command) : Compare(step));
        }
    }

    private Task Act(string command) => _readers.TryGetValue(command, out var act)
        ? act()
        : throw new InvalidOperationException($"The test has nothing for the step '{command}' of the page.");

    private async Task Compare(PageStep step)
    {
        var command = nodes.Index().Aggregate(step.Command, (text, node) => text.Replace(
            $"http://127.0.0.1:{5001 + node.Index}", node.Item.Address.TrimEnd('/'), StringComparison.Ordinal));
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(Programs.Balancer)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["WSBALANCER_ADMIN"] = balancer.AdminUrl,
        };
        await using var shell = RunningProcess.Start(
            "bash", "bash", environment, "-c", $"exec 2>&1; cd '{balancer.Folder}'; restart() {{ :; }}; {command}");
        var code = await shell.ExitCode();

        // The output of a failed command ends with an error sentence, which indented details may follow.
        var last = step.Output.LastOrDefault(line => !line.StartsWith(' '));
        var expected = last?.StartsWith("wsbalancer: ", StringComparison.Ordinal) is true ? 1 : 0;
        Assert.True(code == expected, $"$ {command}\n{shell.Output}\nExit code {code}, not {expected}.");
        Assert.True(
            PageOutput.Matches(step.Output, shell.Lines),
            $"$ {command}\n{shell.Output}\n\nThe page has:\n{string.Join('\n', step.Output)}\n\nCompared:\n"
            + $"{string.Join('\n', PageOutput.Shapes(shell.Lines))}\nwith\n"
            + $"{string.Join('\n', PageOutput.Shapes(step.Output))}");
    }
}
