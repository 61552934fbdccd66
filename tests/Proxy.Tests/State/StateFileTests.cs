using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private static readonly StateRecord Old = StateSample.Of(StateSample.Weight, 1, StateSample.Of(1));
    private static readonly StateRecord New = StateSample.Of(StateSample.Weight, 2, StateSample.Of(2));

    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_IsAFreshStart()
    {
        Assert.Empty(_folder.Read());
        Assert.Empty(_folder.Logger.Collector.GetSnapshot());
    }

    [Fact]
    public void EveryKind_IsReadBackWithItsStatus()
    {
        StateEntry[] entries = [.. StateSample.OfEveryKind.Select((record, i) => new StateEntry(
            record, (StateStatus)(i % 3)))];
        using (var file = _folder.Open())
        {
            file.Save(StateFileContent.Empty with { Entries = entries });
        }

        Assert.Equal(entries, _folder.Read());
    }

    [Fact]
    public void Save_KeepsTheOneBefore()
    {
        _folder.Save(Old);
        _folder.Save(New);

        Assert.Equal([New], Records());
        File.Delete(_folder.Path);
        Assert.Equal([Old], Records());
    }

    [Fact]
    public void DamagedFile_IsReplacedByTheOneBefore_AndLogged()
    {
        _folder.Save(Old);
        _folder.Save(New);
        Truncate(_folder.Path);

        Assert.Equal([Old], Records());

        var logged = Assert.Single(_folder.Logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, logged.Level);
        Assert.Contains(_folder.Previous, logged.Message, StringComparison.Ordinal);
    }

    // Otherwise the next crash would leave two damaged files.
    [Fact]
    public void DamagedFile_NeverBecomesTheOneBefore()
    {
        _folder.Save(Old);
        _folder.Save(New);
        Truncate(_folder.Path);
        _folder.Read();

        _folder.Save(New);
        Truncate(_folder.Path);

        Assert.Equal([Old], Records());
    }

    [Fact]
    public void BothDamaged_FailsTheStart_AndNamesBoth()
    {
        _folder.Save(Old);
        _folder.Save(New);
        Truncate(_folder.Path);
        Truncate(_folder.Previous);

        var failure = Assert.Throws<StateFileException>(_folder.Read);

        Assert.Contains($"'{_folder.Path}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"'{_folder.Previous}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_WithNoneBefore_FailsTheStart()
    {
        _folder.Save(Old);
        File.WriteAllText(_folder.Path, "");

        Assert.Throws<StateFileException>(_folder.Read);
    }

    [Theory]
    [InlineData("""{"version":1,"records":[],"more":1}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"records":[]}{}""")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":2,"records":0,"seen":{},"floor":{},"more":1}""")]
    [InlineData("""{"version":2,"records":0,"seen":{"b-1":0},"floor":{}}""")]
    [InlineData("""{"version":2,"records":1,"seen":{},"floor":{}}""")]
    [InlineData("""{"records":[]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void OtherJson_FailsTheStart(string json)
    {
        File.WriteAllText(_folder.Path, json);

        Assert.StartsWith(
            "Neither", Assert.Throws<StateFileException>(_folder.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordThatIsThereTwice_InAFileOfTheFirstForm_IsTheNewerOne_AndTheOtherIsSetAside()
    {
        File.WriteAllText(
            _folder.Path, $$"""{"version":1,"records":[{{EntryOf(New)}},{{EntryOf(Old)}}]}""");

        Assert.Equal([New], Records());
        Assert.Contains("twice", Assert.Single(_folder.Bad.All).Mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    public void OtherVersion_FailsTheStart_AndIsLeftAlone(string version)
    {
        _folder.Save(Old);
        var json = $$"""{"version":{{version}},"records":[],"more":1}""";
        File.WriteAllText(_folder.Path, json);
        File.Copy(_folder.Path, _folder.Previous);

        var failure = Assert.Throws<StateFileException>(_folder.Read);

        Assert.Contains($"has version {version}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(json, File.ReadAllText(_folder.Path));
    }

    // The files that a kill leaves after each step: a start always finds the old content or the new one.
    [Fact]
    public void Kill_BetweenTheStepsOfASave_LeavesTheOldOrTheNew()
    {
        _folder.Save(New);
        var next = File.ReadAllBytes(_folder.Path);
        File.Delete(_folder.Path);
        _folder.Save(Old);

        File.WriteAllBytes(_folder.Next, next[..10]);
        Assert.Equal([Old], Records());
        File.WriteAllBytes(_folder.Next, next);
        Assert.Equal([Old], Records());
        File.Move(_folder.Path, _folder.Previous);
        Assert.Equal([Old], Records());
        File.Move(_folder.Next, _folder.Path);
        Assert.Equal([New], Records());
    }

    // Even root cannot write these files, since a folder has their name.
    [Theory]
    [InlineData(".tmp")]
    [InlineData(".bak")]
    public void FailedSave_LeavesTheFileAsItWas(string inTheWay)
    {
        _folder.Save(Old);
        Directory.CreateDirectory(_folder.Path + inTheWay);

        var failure = Assert.Throws<StateFileException>(() => _folder.Save(New));

        Assert.Contains($"'{_folder.Path}' cannot be written", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Old], Records());
    }

    [Fact]
    public void FolderThatIsNotThere_FailsTheStart()
    {
        var failure = Assert.Throws<StateFileException>(() =>
            new StateFile(Path.Combine(_folder.Path, "state.json"), _folder.Bad, _folder.Logger));

        Assert.Contains("does not exist", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatCannotBeWritten_IsWarnedOf()
    {
        Directory.CreateDirectory(_folder.Path + ".lock");

        Assert.Empty(_folder.Read());

        Assert.Contains("will be refused", _folder.Logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecondBalancer_OnTheSameFile_FailsItsStart()
    {
        using var first = _folder.Open();

        Assert.Contains(
            "in use by another balancer",
            Assert.Throws<StateFileException>(() => _folder.Open()).Message,
            StringComparison.Ordinal);
    }

    private static string EntryOf(StateRecord record) =>
        $$"""{"record":{{StateJson.Write(record)}},"standing":"waiting"}""";

    private static void Truncate(string path) => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^20]);

    private IEnumerable<StateRecord> Records() => _folder.Read().Select(entry => entry.Record);
}
