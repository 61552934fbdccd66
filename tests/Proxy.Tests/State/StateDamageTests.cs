using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>State files with a damaged record, which alone is set aside.</summary>
public sealed class StateDamageTests : IDisposable
{
    private const string Good = """
        {"cluster":"chat","kind":"weight","node":"ws-1","number":5,"writer":"b-1","value":{"weight":7,"fileWeight":1}}
        """;

    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"record":null,"standing":"waiting"}""")]
    [InlineData("""{"record":{"cluster":"chat"},"standing":"waiting"}""")]
    [InlineData("""{"record":{"cluster":null,"kind":"weight"},"standing":"waiting"}""")]
    [InlineData("""{"record":{"cluster":"\ud800","kind":"weight"},"standing":"waiting"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void DamagedRecord_IsSetAside_AndTheOthersAreRead(string damaged)
    {
        Write($$"""{"version":1,"records":[{{damaged}},{"record":{{Good}},"standing":"inEffect"}]}""");

        var entry = Assert.Single(_folder.Read());

        Assert.Equal(
            new StateEntry(StateSample.Of(StateSample.Weight, 5, StateSample.Of(7)), StateStatus.InEffect), entry);
    }

    [Theory]
    [InlineData("\"node\":\"ws-1\"", "\"node\":\"b\\\"}\\n\"")]
    [InlineData("\"node\":\"ws-1\"", "\"node\":\"ev{il}\"")]
    [InlineData("\"number\":5", "\"number\":2251799813685249")]
    [InlineData("\"number\":5", "\"number\":4503599627370496")]
    [InlineData("\"number\":5", "\"number\":9223372036854775807")]
    [InlineData("\"number\":5", "\"number\":1e99")]
    [InlineData("\"writer\":\"b-1\"", "\"writer\":\"b\\u001b1\"")]
    [InlineData("\"cluster\":\"chat\"", "\"cluster\":\"ch\\nat\"")]
    [InlineData("\"weight\":7", "\"weight\":65536")]
    public void RecordOutOfItsBounds_IsSetAside(string part, string damage)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        var bad = Good.Replace(part, damage, StringComparison.Ordinal);
        Write($$"""{"version":1,"records":[{"record":{{bad}},"standing":"waiting"}]}""");

        Assert.Empty(_folder.Read());
    }

    [Fact]
    public void DamagedRecord_IsNamedAndKept_AndLeftOutByTheNextSave()
    {
        var json = $$"""{"version":1,"records":[{"record":{"cluster":"chat"},"standing":"waiting"}]}""";
        Write(json);

        using (var store = new StateStore("b-1", _folder.Open()).Load())
        {
            Assert.Empty(store.Records.All);
        }

        var listed = Assert.Single(_folder.Bad.All);
        Assert.Equal(RecordSource.StateFile, listed.Source);
        Assert.Contains(_folder.Path, listed.Name, StringComparison.Ordinal);
        var logged = _folder.Logger.Collector.GetSnapshot();
        Assert.Contains(logged, line => line.Level is LogLevel.Error
            && line.Message.Contains("""{"cluster":"chat"}""", StringComparison.Ordinal));
        _folder.Save();
        _folder.Save();
        Assert.Equal(json, File.ReadAllText(_folder.Damaged));
    }

    // A drain must not end because its record is damaged.
    [Fact]
    public void DamagedRecord_IsTakenFromTheFileBefore_IfItIsThere()
    {
        var drain = StateSample.OfEveryKind.Single(record => record.Value is DrainValue);
        _folder.Save(drain);
        _folder.Save(drain);
        Write(File.ReadAllText(_folder.Path).Replace("1001", "1006", StringComparison.Ordinal));

        Assert.Equal([drain], _folder.Read().Select(entry => entry.Record));
        Assert.Single(_folder.Bad.All);
    }

    // Whichever byte is damaged: a line that is not JSON still contains its key before the damage.
    [Theory]
    [InlineData(0x01)]
    [InlineData(0xFF)]
    public void DamagedByteBehindTheKey_LosesNoDrain(byte damage)
    {
        var drain = StateSample.OfEveryKind.Single(record => record.Value is DrainValue);
        _folder.Save([.. StateSample.OfEveryKind]);
        _folder.Save([.. StateSample.OfEveryKind]);
        var whole = File.ReadAllBytes(_folder.Path);
        var node = whole.AsSpan().IndexOf("\"node\":\"ws-2\""u8) + 13;
        var length = whole.AsSpan(node).IndexOf((byte)'\n');
        Assert.InRange(length, 100, 300);

        for (var i = node + 1; i < node + length; i++)
        {
            byte[] damaged = [.. whole[..i], damage, .. whole[(i + 1)..]];
            File.WriteAllBytes(_folder.Path, damaged);

            Assert.Contains(drain, _folder.Read().Select(entry => entry.Record));
        }
    }

    // A record that was removed on purpose must not return because another one is damaged.
    [Fact]
    public void DamagedRecord_BringsNoOtherBackFromTheFileBefore()
    {
        _folder.Save([.. StateSample.OfEveryKind]);
        Write("""{"version":1,"records":[null]}""");
        File.Copy(_folder.Path, _folder.Path + ".new");
        _folder.Save([.. StateSample.OfEveryKind]);
        File.Move(_folder.Path + ".new", _folder.Path, overwrite: true);

        Assert.Empty(_folder.Read());
    }

    // A balancer of a later version may be able to read the damaged record, so the next record needs a higher number.
    [Fact]
    public async Task NumberOfADamagedRecord_IsCountedOnFrom()
    {
        Write($$"""{"version":1,"records":[{"record":{{Good.Replace("5", "77", StringComparison.Ordinal)
            .Replace("\"weight\":7", "\"weight\":-1", StringComparison.Ordinal)}},"standing":"waiting"}]}""");
        using var store = new StateStore("b-1", _folder.Open()).Load();

        await store.WriteAsync(
            [new StateChange(StateSample.Weight, StateSample.Of(1))], TestContext.Current.CancellationToken);

        Assert.Equal(78, store.Records.Find(StateSample.Weight)!.Version.Number);
    }

    private void Write(string json) => File.WriteAllText(_folder.Path, json);
}
