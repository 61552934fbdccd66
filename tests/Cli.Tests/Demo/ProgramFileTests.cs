using WsBalancer.Cli.Demo;
using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class ProgramFileTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("program-file-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void TheNode_IsLookedForBesideTheBalancerThenInTheSameConfiguration() => Assert.Equal(
        ["/x/artifacts/bin/WsBalancer.Cli/release", "/x/artifacts/bin/WsBalancer.BackendSample/release"],
        ProgramFile.NodeDirectories("/x/artifacts/bin/WsBalancer.Cli/release/"));

    [Fact]
    public void AnExecutableWithItsLibrary_IsStartedItself()
    {
        Write("ws-node", "ws-node.dll");

        var program = ProgramFile.Find([_root.FullName], "ws-node", host: null);

        Assert.Equal(PathOf("ws-node"), program.FileName);
        Assert.Empty(program.Prefix);
    }

    [Fact]
    public void ALibrary_IsStartedByTheHostThatRunsUs()
    {
        Write("ws-node", "ws-node.dll");

        var program = ProgramFile.Find([_root.FullName], "ws-node", host: "/opt/dotnet/dotnet");

        Assert.Equal("/opt/dotnet/dotnet", program.FileName);
        Assert.Equal([PathOf("ws-node.dll")], program.Prefix);
    }

    [Fact]
    public void AnExecutableWithoutItsLibrary_IsPassedOver()
    {
        Write("ws-node");

        var failure = Assert.Throws<DemoFailure>(() => ProgramFile.Find([_root.FullName], "ws-node", host: null));

        Assert.Contains(
            $"ws-node is not there. Looked in: {_root.FullName}.", failure.Message, StringComparison.Ordinal);
    }

    private void Write(params string[] names) =>
        Array.ForEach(names, name => File.WriteAllText(PathOf(name), ""));

    private string PathOf(string name) => Path.Combine(_root.FullName, name);
}
