using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>A folder with a state file, or with the files that a crash left. Deleted after the test.</summary>
internal sealed class StateFolderFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-state-");
    private BadRecords? _bad;

    public string Path => System.IO.Path.Combine(_folder.FullName, "state.json");

    public string Previous => Path + ".bak";

    public string Next => Path + ".tmp";

    public string Damaged => Path + ".damaged";

    public FakeLogger<StateFile> Logger { get; } = new();

    /// <summary>The records of the file that are set aside, which are also logged.</summary>
    public BadRecords Bad => _bad ??= new BadRecords(
        TimeProvider.System, new FakeLogger<BadRecords>(Logger.Collector));

    public IEnumerable<string> Files => _folder.EnumerateFiles().Select(file => file.Name).Order();

    /// <summary>Opens the file as a balancer that starts now.</summary>
    public StateFile Open(Func<string, FileMode, FileStream>? open = null) => new(Path, Bad, Logger, open);

    /// <summary>The records that a balancer finds when it starts now.</summary>
    public IReadOnlyList<StateEntry> Read()
    {
        using var file = Open();
        return file.Load().Entries;
    }

    public void Save(params StateRecord[] records)
    {
        using var file = Open();
        file.Save(StateFileContent.Empty with
        {
            Entries = [.. records.Select(record => new StateEntry(record, StateStatus.Waiting))],
        });
    }

    /// <summary>
    /// Makes every save fail: the file is deleted, so that a save must write a whole new one, and a folder has the name
    /// of the temporary file. A pending save may have its temporary file there, so its end is awaited.
    /// </summary>
    public Task BlockAsync() => Deadline.Until("nothing is being saved", () =>
    {
        try
        {
            Directory.CreateDirectory(Next);
            File.Delete(Path);
            return true;
        }
        catch (IOException) when (File.Exists(Next) || !Directory.Exists(Next))
        {
            return false;
        }
    });

    public void Dispose() => _folder.Delete(recursive: true);
}
