using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>A folder with a state file in it, or what a crash left of one. Gone with the test.</summary>
internal sealed class StateFolderFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-state-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "state.json");

    public string Previous => Path + ".bak";

    public string Next => Path + ".tmp";

    public FakeLogger<StateFile> Logger { get; } = new();

    public IEnumerable<string> Files => _folder.EnumerateFiles().Select(file => file.Name).Order();

    /// <summary>The file as a balancer has it that starts now.</summary>
    public StateFile Open() => new(Path, Logger);

    /// <summary>What a balancer finds that starts now.</summary>
    public IReadOnlyList<StateEntry> Read()
    {
        using var file = Open();
        return file.Load();
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
