using System.Text.Json;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class StateJsonTests
{
    private const string Sound = """
        {"cluster":"chat","kind":"weight","node":"ws-1","number":5,"writer":"b-1","value":{"weight":7,"fileWeight":1}}
        """;

    public static TheoryData<string> Kinds => [.. StateSample.OfEveryKind.Select(record => record.Key.ToString())];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Record_WrittenAndReadBack_IsTheSame(string key)
    {
        var record = StateSample.OfEveryKind.Single(record => record.Key.ToString() == key);

        Assert.Equal(record, StateJson.Read(StateJson.Write(record)));
    }

    [Fact]
    public void Samples_AreOfEveryKind() =>
        Assert.Equal(Enum.GetValues<StateKind>(), StateSample.OfEveryKind.Select(r => r.Key.Kind).Distinct().Order());

    [Fact]
    public void Record_IsWrittenInCamelCase() =>
        Assert.Equal(Sound.Trim(), StateJson.Write(StateSample.Of(StateSample.Weight, 5, new WeightValue(7, 1))));

    [Theory]
    [InlineData("\"number\":5", "\"number\":0")]
    [InlineData("\"number\":5", "\"number\":4503599627370497")]
    [InlineData("\"number\":5", "\"number\":4503599627370496")]
    [InlineData("\"number\":5", "\"number\":2251799813685249")]
    [InlineData("\"number\":5", "\"number\":\"5\"")]
    [InlineData("\"number\":5,", "")]
    [InlineData("\"number\":5", "\"number\":5,\"number\":6")]
    [InlineData("\"number\":5", "\"number\":5,\"more\":6")]
    [InlineData("\"writer\":\"b-1\"", "\"writer\":\"\"")]
    [InlineData("\"writer\":\"b-1\"", "\"writer\":null")]
    [InlineData("\"cluster\":\"chat\"", "\"cluster\":\"\"")]
    [InlineData("\"node\":\"ws-1\"", "\"node\":\"\"")]
    [InlineData("\"node\":\"ws-1\"", "\"node\":\"b\\\"}\\n\"")]
    [InlineData("\"node\":\"ws-1\"", "\"node\":\"ev{il}\"")]
    [InlineData("\"kind\":\"weight\"", "\"kind\":\"height\"")]
    [InlineData("\"kind\":\"weight\"", "\"kind\":2")]
    [InlineData("\"kind\":\"weight\"", "\"kind\":\"drain\"")]
    [InlineData("\"kind\":\"weight\"", "\"kind\":\"blend\"")]
    [InlineData("\"weight\":7", "\"weight\":65536")]
    [InlineData("\"weight\":7", "\"weight\":-1")]
    [InlineData(",\"fileWeight\":1", "")]
    [InlineData(",\"value\":{\"weight\":7,\"fileWeight\":1}", "")]
    [InlineData("}}", "}")]
    public void DamagedRecord_IsNoticed(string part, string damage)
    {
        Assert.Contains(part, Sound, StringComparison.Ordinal);

        Assert.Throws<JsonException>(() =>
            StateJson.Read(Sound.Replace(part, damage, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"operation":"o","ratePerSecond":-1,"deadlineSeconds":null,"closeCode":1012}""")]
    [InlineData("""{"operation":"o","ratePerSecond":1,"deadlineSeconds":-1,"closeCode":1012}""")]
    [InlineData("""{"operation":"o","ratePerSecond":1,"deadlineSeconds":1e300,"closeCode":1012}""")]
    [InlineData("""{"operation":"o","ratePerSecond":1,"deadlineSeconds":null,"closeCode":1006}""")]
    [InlineData("""{"operation":"o","ratePerSecond":1,"closeCode":1012}""")]
    public void DrainOutOfItsBounds_IsNoticed(string drain) => Assert.Throws<JsonException>(() => StateJson.Read(
        $$"""{"cluster":"chat","kind":"drain","node":"ws-1","number":5,"writer":"b-1","value":{{drain}}}"""));

    [Theory]
    [InlineData("mailto:ws-1@example.org")]
    [InlineData("ws-1:5000")]
    [InlineData("http://u:p@10.0.0.9:5000/")]
    [InlineData("http://10.0.0.9:5000/?q")]
    [InlineData("http://10.0.0.9:5000/?")]
    [InlineData("http://10.0.0.9:5000/#f")]
    [InlineData("http://10.0.0.9:5000/\u001b[2J")]
    [InlineData(" http://10.0.0.9:5000/")]
    public void MemberWithoutAUsableAddress_IsNoticed(string address) => Assert.Throws<JsonException>(() =>
        StateJson.Read(StateJson.Write(
            StateSample.Of(
                StateKey.Of("chat", StateKind.Member, "ws-1"), 5, new MemberValue(MemberOrigin.Added, address, 1)))));
}
