using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

/// <summary>Where <c>run</c> stores the changes that are made at run time.</summary>
public sealed class RunStateTests
{
    private const string Key = "WsBalancer:State:Path";

    [Fact]
    public void NodesAlone_KeepNoFile() => Assert.Equal("off", Settings(null)[Key]);

    [Fact]
    public void State_IsRelativeToWhereTheCommandIsGiven() =>
        Assert.Equal(Path.GetFullPath("s.json"), Settings(new FileInfo("s.json"))[Key]);

    [Fact]
    public void File_KeepsItsStateBesideIt() => Assert.Equal(
        Path.GetFullPath("/etc/balancer"), new RunSource(Path.GetFullPath("/etc/balancer/w.json")).Folder);

    [Fact]
    public async Task State_WithAFile_IsAMistake()
    {
        var run = await CommandRun.OfAsync("run", "--config", "w.json", "--state", "s.json");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--state require --node", run.Error, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, string?> Settings(FileInfo? state) => DropInSettings.From(
        ["ws-1=http://10.0.0.1:5000"], ["query:user"], "rendezvous", "http://127.0.0.1:0", "http://127.0.0.1:0", state);
}
