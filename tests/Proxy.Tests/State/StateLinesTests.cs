using CsCheck;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Changes are appended to the state file, and each change is there completely or not at all.</summary>
public sealed class StateLinesTests : IDisposable
{
    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Change_AppendsItsOwnRecordsOnly()
    {
        using var file = _folder.Open();
        file.Save(ContentOf(Sample(1_000)));
        var before = File.ReadAllBytes(_folder.Path);

        file.Save(ContentOf([.. Sample(998), Weight(999, 7), Weight(1_000, 7)]));

        var after = File.ReadAllBytes(_folder.Path);
        Assert.Equal(before, after[..before.Length]);
        Assert.InRange(after.Length - before.Length, 100, 400);
        Assert.Equal(1, after[before.Length..].Count(value => value == '\n'));
    }

    [Fact]
    public void Content_IsReadBack_WhateverWasSaved() => Gen.Int[0, 400].Array[1, 12].Sample(sizes =>
    {
        using var folder = new StateFolderFixture();
        StateFileContent content;
        using (var file = folder.Open())
        {
            content = StateFileContent.Empty;
            foreach (var (size, i) in sizes.Select((size, i) => (size, i)))
            {
                content = ContentOf([.. Sample(size - 1), Weight(size, i + 1)], content);
                file.Save(content);
            }
        }

        using var again = folder.Open();
        var read = again.Load();
        Assert.Equal(ByKey(content.Entries), ByKey(read.Entries));
        Assert.Equal($"{content.Floor}", $"{read.Floor}");
        Assert.Equal($"{content.Seen}", $"{new StateStore("b").Restore(read).Records.Seen}");
    });

    [Fact]
    public void SupersededLines_AreLeftOutInTime()
    {
        using var file = _folder.Open();
        for (var i = 1; i <= 10_000; i++)
        {
            file.Save(ContentOf([Weight(1, i)]));
        }

        Assert.InRange(File.ReadLines(_folder.Path).Count(), 2, 250);
        Assert.Equal([Weight(1, 10_000)], StateFileReader.Read(_folder.Path).Entries);
    }

    // The file is cut at every length that a crash can leave.
    [Fact]
    public void CutWithinAnAppendedChange_LeavesWhatWasBefore_AndIsLogged()
    {
        long whole;
        using (var file = _folder.Open())
        {
            file.Save(ContentOf([Weight(1, 1), Weight(2, 1)]));
            whole = new FileInfo(_folder.Path).Length;
            file.Save(ContentOf([Weight(1, 2), Weight(2, 2)]));
        }

        var bytes = File.ReadAllBytes(_folder.Path);
        for (var length = (int)whole; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_folder.Path, bytes[..length]);

            Assert.Equal([Weight(1, 1), Weight(2, 1)], ByKey(_folder.Read()));
        }

        Assert.Equal(
            bytes.Length - whole - 1,
            _folder.Logger.Collector.GetSnapshot().Count(record => record.Id.Id == 717));
    }

    [Fact]
    public void CutBeforeTheAppendedChanges_IsCompletedFromTheFileBefore()
    {
        _folder.Save(Weight(1, 1).Record, Weight(3, 1).Record);
        _folder.Save(Weight(1, 2).Record, Weight(2, 2).Record, Weight(3, 2).Record);
        var bytes = File.ReadAllBytes(_folder.Path);
        File.WriteAllBytes(_folder.Path, bytes[..(bytes.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1)]);

        Assert.Equal([Weight(1, 2), Weight(2, 2), Weight(3, 1)], ByKey(_folder.Read()));
        Assert.True(File.Exists(_folder.Damaged));
    }

    // Whatever part of the refused change is on the disk, a restart must not find it.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void RefusedChange_IsNotThereAfterARestart(int written)
    {
        var left = int.MaxValue;
        using (var file = _folder.Open((path, mode) => new FullDisk(path, mode, () => left)))
        {
            file.Save(ContentOf([Weight(1, 1), Weight(2, 1)]));
            left = written;

            Assert.Throws<StateFileException>(() => file.Save(ContentOf([Weight(1, 2), Weight(2, 2)])));

            Assert.Equal([Weight(1, 1), Weight(2, 1)], ByKey(StateFileReader.Read(_folder.Path).Entries));
            left = int.MaxValue;
            file.Save(ContentOf([Weight(1, 3), Weight(2, 1)]));
        }

        Assert.Equal([Weight(1, 3), Weight(2, 1)], ByKey(_folder.Read()));
    }

    // The new file was written completely and has the same length as the old one, but was not renamed.
    [Fact]
    public void ReplacementThatFailsAtTheRename_IsMadeUpForByTheNextSave()
    {
        using (var before = _folder.Open())
        {
            before.Save(ContentOf([Weight(1, 1), Weight(2, 1)]));
        }

        using (var file = _folder.Open())
        {
            Directory.CreateDirectory(_folder.Previous);
            Assert.Throws<StateFileException>(() => file.Save(ContentOf([Weight(1, 2), Weight(2, 1)])));
            Directory.Delete(_folder.Previous);

            file.Save(ContentOf([Weight(1, 2), Weight(2, 3)]));
        }

        Assert.Equal([Weight(1, 2), Weight(2, 3)], ByKey(_folder.Read()));
    }

    // An operator with an editor, or a restored backup, may change the file.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FileThatWasChangedByAnother_IsWrittenInFull(bool isRemoved)
    {
        using var file = _folder.Open();
        file.Save(ContentOf([Weight(1, 1), Weight(2, 1)]));
        if (isRemoved)
        {
            File.Delete(_folder.Path);
        }
        else
        {
            File.WriteAllText(_folder.Path, "{}");
        }

        file.Save(ContentOf([Weight(1, 2), Weight(2, 1)]));

        Assert.Equal([Weight(1, 2), Weight(2, 1)], ByKey(StateFileReader.Read(_folder.Path).Entries));
    }

    [Fact]
    public void DamagedLine_IsSetAside_AndTheOthersAreRead()
    {
        _folder.Save([.. Sample(3).Select(entry => entry.Record)]);
        var lines = File.ReadAllLines(_folder.Path);
        lines[2] = "[{\u0001";
        File.WriteAllText(_folder.Path, string.Join('\n', lines) + "\n");

        Assert.Equal(["ws-1", "ws-3"], ByKey(_folder.Read()).Select(entry => entry.Record.Key.Node));
        Assert.Contains("Record 2 ", Assert.Single(_folder.Bad.All).Name, StringComparison.Ordinal);
    }

    private static StateEntry Weight(int node, int number) => new(
        StateSample.Of(StateKey.Of("chat", StateKind.Weight, $"ws-{node}"), number, StateSample.Of(number)),
        StateStatus.Waiting);

    private static IEnumerable<StateEntry> Sample(int count) => Enumerable.Range(1, Math.Max(0, count))
        .Select(i => Weight(i, 1));

    private static StateFileContent ContentOf(IEnumerable<StateEntry> entries, StateFileContent? before = null)
    {
        var all = entries.Where(entry => entry.Record.Key.Node != "ws-0").ToList();
        var seen = (before?.Seen ?? SeenVersions.None).With(all.Select(entry => entry.Record.Version));
        return new StateFileContent(all, [], seen, before?.Floor ?? SeenVersions.None);
    }

    private static IEnumerable<StateEntry> ByKey(IEnumerable<StateEntry> entries) =>
        entries.OrderBy(entry => entry.Record.Key.ToString(), StringComparer.Ordinal);

    private sealed class FullDisk(string path, FileMode mode, Func<int> left)
        : FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer[..Math.Min(buffer.Length, left())]);
            if (left() < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }

        public override void Flush(bool flushToDisk)
        {
            base.Flush(flushToDisk);
            if (left() < int.MaxValue)
            {
                throw new IOException("Input/output error");
            }
        }
    }
}
