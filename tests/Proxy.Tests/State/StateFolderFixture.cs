using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>A folder with a state file in it, or what a crash left of one. Gone with the test.</summary>
internal sealed class StateFolderFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-state-");
    private BadRecords? _bad;

    public string Path => System.IO.Path.Combine(_folder.FullName, "state.json");

    public string Previous => Path + ".bak";

    public string Next => Path + ".tmp";

    public string Damaged => Path + ".damaged";

    public FakeLogger<StateFile> Logger { get; } = new();

    /// <summary>What is set aside of the file, which is also logged.</summary>
    public BadRecords Bad => _bad ??= new BadRecords(
        TimeProvider.System, new FakeLogger<BadRecords>(Logger.Collector));

    public IEnumerable<string> Files => _folder.EnumerateFiles().Select(file => file.Name).Order();

    /// <summary>The file as a balancer has it that starts now.</summary>
    public StateFile Open() => new(Path, Bad, Logger);

    /// <summary>What a balancer finds that starts now.</summary>
    public IReadOnlyList<StateEntry> Read()
    {
        using var file = Open();
        return file.Load().Entries;
    }

    public void Save(params StateRecord[] records)
    {
        using var file = Open();
        file.Save(records.Select(record => new StateEntry(record, StateStanding.Waiting)));
    }

    /// <summary>
    /// Lets nothing be saved any more: a folder stands where the next file is to be. A save that is under way may have
    /// its file there, and is waited for.
    /// </summary>
    public Task BlockAsync() => Deadline.Until("nothing is being saved", () =>
    {
        try
        {
            Directory.CreateDirectory(Next);
            return true;
        }
        catch (IOException) when (File.Exists(Next) || !Directory.Exists(Next))
        {
            return false;
        }
    });

    public void Dispose() => _folder.Delete(recursive: true);
}
