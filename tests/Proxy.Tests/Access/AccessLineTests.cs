using System.Buffers;
using System.Text;
using System.Text.Json;
using WsBalancer.Proxy.Access;

namespace WsBalancer.Proxy.Tests.Access;

public sealed class AccessLineTests
{
    private const string Hostile = "a \"b\"\\\n\u001b\u202e\ud800é";

    [Fact]
    public void Json_HasEveryFieldOfATunnel() => Assert.Equal(
        """
        {"time":"2030-01-02T01:04:05.678Z","event":"tunnel","reason":"client","status":101,"closeCode":1000,
        "forced":false,"cluster":"chat","node":"ws-1","user":"2bd806c97f0e00af","client":"192.0.2.1","method":"GET",
        "path":"/chat","protocol":"HTTP/1.1","via":"native","durationMs":5000,"bytesFromClient":1,"bytesFromNode":2,
        "framesFromClient":3,"framesFromNode":4,"attempts":1,"handshakeMs":2,"connectMs":0.12,"firstByteMs":1.5,
        "tunnel":"0123","traceId":"0af7651916cd43dd8448eb211c80319c"}
        """.ReplaceLineEndings("") + "\n",
        Json(Entries.Tunnel));

    [Fact]
    public void Text_HasEveryFieldOfATunnel() => Assert.Equal(
        "time=2030-01-02T01:04:05.678Z event=tunnel reason=client status=101 closeCode=1000 forced=false cluster=chat "
        + "node=ws-1 user=alice client=192.0.2.1 method=GET path=/chat protocol=HTTP/1.1 via=native durationMs=5000 "
        + "bytesFromClient=1 bytesFromNode=2 framesFromClient=3 framesFromNode=4 attempts=1 handshakeMs=2 "
        + "connectMs=0.12 firstByteMs=1.5 tunnel=0123 traceId=0af7651916cd43dd8448eb211c80319c\n",
        Text(Entries.Tunnel, UserIdForm.Plain));

    [Fact]
    public void FieldsWithoutAValue_AreLeftOutOfJson_AndADashInText()
    {
        Assert.Equal(
            """{"time":"2030-01-02T01:04:05.678Z","event":"refusal","reason":"bad_header","status":400,"attempts":0}"""
            + "\n",
            Json(Entries.Refusal));
        Assert.StartsWith(
            "time=2030-01-02T01:04:05.678Z event=refusal reason=bad_header status=400 closeCode=- forced=- cluster=- ",
            Text(Entries.Refusal),
            StringComparison.Ordinal);
        Assert.Equal(25, Text(Entries.Refusal).Split(' ').Length);
    }

    [Fact]
    public void TextFromOutside_IsEscaped_AndWholeInJson()
    {
        var entry = Entries.Tunnel with { User = Hostile, Path = "/-\u001b" };

        var json = Json(entry, UserIdForm.Plain);
        Assert.True(json.AsSpan(0, json.Length - 1).IndexOfAnyExceptInRange(' ', '~') < 0, json);
        var fields = JsonDocument.Parse(json).RootElement;
        Assert.Equal(Hostile.Replace('\ud800', '\ufffd'), fields.GetProperty("user").GetString());
        Assert.Equal("/-\u001b", fields.GetProperty("path").GetString());

        var text = Text(entry, UserIdForm.Plain);
        Assert.Contains(@" user=""a \""b\""\\\n\x1b\u202e\ud800é"" client=", text, StringComparison.Ordinal);
        Assert.Contains(@" path=/-\x1b ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void UserId_Off_IsNoField() =>
        Assert.DoesNotContain("user", Json(Entries.Tunnel, UserIdForm.Off), StringComparison.Ordinal);

    [Fact]
    public void DashOfAClient_IsNoMissingValue() => Assert.Contains(
        " user=\"-\" ", Text(Entries.Tunnel with { User = "-" }, UserIdForm.Plain), StringComparison.Ordinal);

    private static string Json(AccessEntry entry, UserIdForm userId = UserIdForm.Hash) =>
        Written(lines => JsonAccessLine.Write(entry, userId, lines));

    private static string Text(AccessEntry entry, UserIdForm userId = UserIdForm.Hash) =>
        Written(lines => TextAccessLine.Write(entry, userId, lines));

    private static string Written(Action<ArrayBufferWriter<byte>> write)
    {
        var lines = new ArrayBufferWriter<byte>();
        write(lines);
        return Encoding.UTF8.GetString(lines.WrittenSpan);
    }
}
