using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Path and query reach the node byte for byte.</summary>
[Collection(nameof(FrontFleet))]
public sealed class RequestTargetTests(FrontFleet shared)
{
    private const string Handshake = FrontFleet.Handshake;

    public static TheoryData<string> Targets =>
    [
        "/",
        "/?",
        "/a?",
        "//",
        "//a//b/",
        "/a%2Fb%2fc%3A%3a%41%7e~%E9%e9%C3%A9%zz%",
        "/a|b{c}\"d^e`f\\g<h>[i]#j",
        "/a/../b/./c/..?x=/../y",
        "/%2e%2e/a/%2E/b",
        "/a;v=1/b:c@d,e!f$g&h'i(j)k*l+m=n",
        "/?user=%41lice&x=%2F%3f%E9%&empty=&&|{}\"^`\\<>[]#?",
        "/a%20b+c?d%20e+f",
        "/a%5Cb%5c",
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Target_IsAsTheClientSentIt(string target)
    {
        foreach (var headers in (string[])["", Handshake])
        {
            var seen = await shared.AtNode($"GET {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");

            Assert.All(seen, at => Assert.Equal((at.Door, $"GET {target} HTTP/1.1"), (at.Door, at.Request.StartLine)));
        }
    }

    // The parts that a transform does not change are passed on byte for byte.
    [Theory]
    [InlineData("/cut/a%2Fb|%41/%E9?x=%2F|", "/a%2Fb|%41/%E9?x=%2F|")]
    [InlineData("/cut?x=%2F|", "/?x=%2F|")]
    [InlineData("/cut/a%41/./b/%2e%2e", "/a%41/./b/%2e%2e")]
    [InlineData("/added/a%2Fb|%41?y=1", "/added/a%2Fb|%41?y=1&x=%C3%A4%20b")]
    [InlineData("/set/a%2Fb?x=%2F|{}", "/%C3%A4%20b?x=%2F|{}")]
    public async Task TransformedTarget_IsEncodedOnlyWhereItChanged(string target, string expected)
    {
        var seen = await shared.AtNode($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.All(seen, at => Assert.Equal((at.Door, expected), (at.Door, at.Request.Target)));
    }

    [Theory]
    [InlineData("/a\tb")]
    [InlineData("/a\u0001b")]
    [InlineData("/a?b\u007f")]
    public async Task ControlCharacters_AreRefused(string target)
    {
        var refusals = await shared.Refusals($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.All(refusals, refusal => Assert.Equal((refusal.Door, 400), (refusal.Door, refusal.Answer.Status)));
    }

    [Fact]
    public async Task Target_OverHttp2_IsAsTheClientSentIt()
    {
        const string Target = "/a%2Fb%41%E9|{}\"^//c/../d?x=%zz|\\#";
        foreach (var door in shared.Doors.Where(door => door.IsSecure))
        {
            shared.Node.Forget();
            shared.Node.Script = Nodes.Script.Echo();
            await using var connection = await Http2Connection.Connect(door.Port, shared.Certificate);
            using var client = await connection.Open(Target);

            Assert.Equal(
                (door, $"GET {Target} HTTP/1.1"), (door, (await shared.Node.NextArrival()).Request.StartLine));
        }
    }
}
