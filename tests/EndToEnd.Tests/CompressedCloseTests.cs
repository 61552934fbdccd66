using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// Third-party clients that use compression accept the balancer's Close frame between compressed messages.
/// </summary>
public sealed class CompressedCloseTests(PatientNode shared) : IClassFixture<PatientNode>
{
    [Fact]
    public async Task NodeJs_ReceivesTheCloseAndEndsInOrder()
    {
        await shared.Begin(Script.EchoCompressed());

        await AssertReceivesCloseAsync(InteropClient.StartNodeTalk(shared.Url));
    }

    [Fact]
    public async Task Python_ReceivesTheCloseAndEndsInOrder()
    {
        await shared.Begin(Script.EchoCompressed());

        await AssertReceivesCloseAsync(InteropClient.StartPythonTalk(shared.Url));
    }

    private async Task AssertReceivesCloseAsync(RunningProcess client)
    {
        await using var _ = client;
        await client.After("talking");
        await shared.Node.NextArrival();
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var code = await client.ExitCode();

        Assert.True(code == 0, client.Output);
        var saw = JsonNode.Parse(client.Lines.Last())!;
        Assert.Equal((true, true), ((bool)saw["compressed"]!, (bool)saw["talked"]!));
        Assert.Equal(ClosingNode.CloseCode, (int)saw["closeCode"]!);
        Assert.NotEqual("", (string?)saw["closeReason"]);
        await shared.Balancer.UntilEmpty();
        Assert.Equal(1, (await shared.Balancer.Scrape()).ClosedFor("disconnect") - before.ClosedFor("disconnect"));
    }
}
