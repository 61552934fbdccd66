namespace WsBalancer.Cli.Tests.Run;

/// <summary><c>wsbalancer check</c>, on files.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Right = """
        {
          "ReverseProxy": {
            "Routes": { "chat": { "ClusterId": "chat", "Match": { "Path": "/{**any}" } } },
            "Clusters": { "chat": { "Destinations": { "ws-1": { "Address": "http://127.0.0.1:5001/" } } } }
          },
          "WsBalancer": { "Clusters": { "chat": { "UserKey": "query:user", "Health": HEALTH } }, "Sockets": SOCKETS }
        }
        """;

    private const string NoteOnTcp = "Note: The nodes of cluster 'chat' are probed by TCP, which does not notice a "
        + "process that hangs until its users do; expected ReverseProxy:Clusters:chat:HealthCheck:Active:Path, or "
        + "Health:Probe set to tcp.";

    private readonly string _file = Path.GetTempFileName();

    // The annotated file lists every key with its default: the file must be valid.
    [Fact]
    public async Task TheAnnotatedFile_IsFine()
    {
        var file = Find("config", "wsbalancer.json");

        var run = await CommandRun.OfAsync("check", "--config", file);

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{file} is fine.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal([NoteOnTcp], run.Lines.Where(IsNote));
    }

    [Theory]
    [InlineData("""{ "Probe": "tcp" }""")]
    [InlineData("""{ "Probe": "http" }""")]
    public async Task ProbeThatIsChosen_HasNoNote(string health)
    {
        var run = await CheckAsync("{}", health);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain(run.Lines, IsNote);
    }

    [Fact]
    public async Task ProbeByTcp_ThatIsNotChosen_IsNoted()
    {
        var run = await CheckAsync("{}");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal([NoteOnTcp], run.Lines.Where(IsNote));
    }

    [Fact]
    public async Task SocketsThatAreRight_AreFine()
    {
        var run = await CheckAsync("""
            { "Engine": "io_uring", "Loops": 2, "MaxBufferedPerTunnel": 131072, "SourceAddresses": [ "127.0.0.2" ] }
            """);

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task SocketsThatAreWrong_AreMistakesOneByOne()
    {
        var run = await CheckAsync("""
            {
              "Engine": "uring",
              "Loops": 0,
              "MaxBufferedPerTunnel": "8KB",
              "SourceAddresses": [ "10.1" ],
              "SourceAddress": "10.1.2.3"
            }
            """);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(
            "The configuration has 5 mistakes:\n"
            + "  WsBalancer:Sockets:SourceAddress is not a known key: did you mean SourceAddresses?\n"
            + "  WsBalancer:Sockets:Engine is 'uring': expected one of auto, io_uring, epoll, sockets (default auto)\n"
            + "  WsBalancer:Sockets:Loops is '0': expected a whole number from 1 to 1024 "
            + $"(default {Environment.ProcessorCount})\n"
            + "  WsBalancer:Sockets:MaxBufferedPerTunnel is '8KB': "
            + "expected a size such as 65536, 256KB or 1MB from 128KB to 64MB (default 256KB)\n"
            + "  WsBalancer:Sockets:SourceAddresses:0 is '10.1': "
            + "expected a list, each an address such as 10.1.2.3 or fd00::1\n",
            run.Error);
    }

    public void Dispose() => File.Delete(_file);

    private static bool IsNote(string line) => line.StartsWith("Note: ", StringComparison.Ordinal);

    private async Task<CommandRun> CheckAsync(string sockets, string health = "{}")
    {
        await File.WriteAllTextAsync(
            _file,
            Right.Replace("SOCKETS", sockets, StringComparison.Ordinal)
                .Replace("HEALTH", health, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        return await CommandRun.OfAsync("check", "--config", _file);
    }

    private static string Find(params string[] path)
    {
        for (var folder = AppContext.BaseDirectory; ; folder = Path.GetDirectoryName(folder)!)
        {
            if (Path.Combine([folder, .. path]) is var file && File.Exists(file))
            {
                return file;
            }
        }
    }
}
