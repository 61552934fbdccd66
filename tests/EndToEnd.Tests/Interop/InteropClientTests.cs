using WsBalancer.EndToEnd.Tests.Nodes;
using Xunit.Sdk;

namespace WsBalancer.EndToEnd.Tests.Interop;

/// <summary>The results of the clients without a balancer, as the reference for the results with one.</summary>
public sealed class InteropClientTests
{
    [Fact]
    public async Task NodeJs_ReportsWhatItSaw()
    {
        await using var node = ScriptedNode.Start("ws-1", Script.EchoCompressed("chat.v2"));

        var result = await InteropClient.RunNode(new Uri($"ws://127.0.0.1:{node.Port}/"), "chat.v2", "chat.v1");

        Assert.Equal(InteropResult.Perfect, result);
    }

    [Fact]
    public async Task Python_ReportsWhatItSaw()
    {
        await using var node = ScriptedNode.Start("ws-1", Script.EchoCompressed("chat.v2"));

        var result = await InteropClient.RunPython(new Uri($"ws://127.0.0.1:{node.Port}/"), "chat.v2", "chat.v1");

        Assert.Equal(InteropResult.Perfect, result);
    }

    [Fact]
    public async Task AClientThatIsRefused_FailsWithItsOwnMessage()
    {
        await using var node = ScriptedNode.Start("ws-1", Script.Answer(403, "Forbidden", "no"));
        var url = new Uri($"ws://127.0.0.1:{node.Port}/");

        var javaScript = await Assert.ThrowsAnyAsync<XunitException>(() => InteropClient.RunNode(url));
        var python = await Assert.ThrowsAnyAsync<XunitException>(() => InteropClient.RunPython(url));

        Assert.Contains("403", javaScript.Message, StringComparison.Ordinal);
        Assert.Contains("403", python.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingProgram_FailsWithItsInstallation()
    {
        var failure = Assert.ThrowsAny<XunitException>(() => InteropClient.FindOnPath("no-such", "its-package"));

        Assert.Contains("apt-get install its-package", failure.Message, StringComparison.Ordinal);
    }
}
