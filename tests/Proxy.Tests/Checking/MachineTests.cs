namespace WsBalancer.Proxy.Tests.Checking;

/// <summary>The requirements of a configuration on this machine.</summary>
public sealed class MachineTests
{
    private static readonly Dictionary<string, string?> Right = ChatSettings.OfNodes("ws-1");

    [Fact]
    public async Task StateFile_InAFolderThatIsNotThere_IsAMistake() => Assert.Equal(
        [
            "WsBalancer:State:Path is '/no/such/folder/state.json': expected a file in a folder that exists, or off",
        ],
        await Mistakes.InAsync(Right.With("WsBalancer:State:Path", "/no/such/folder/state.json")));

    [Fact]
    public async Task StateFile_ThatIsAFolder_IsAMistake() => Assert.Equal(
        [$"WsBalancer:State:Path is '{Path.GetTempPath()}': expected a file in a folder that exists, or off"],
        await Mistakes.InAsync(Right.With("WsBalancer:State:Path", Path.GetTempPath())));

    // An address for documentation (RFC 5737).
    [Fact]
    public async Task SourceAddress_OfAnotherMachine_IsAMistake()
    {
        var mistake = Assert.Single(await Mistakes.InAsync(Right
            .With("WsBalancer:Sockets:SourceAddresses:0", "127.0.0.1")
            .With("WsBalancer:Sockets:SourceAddresses:1", "192.0.2.1")));

        Assert.StartsWith(
            "WsBalancer:Sockets:SourceAddresses:1 is '192.0.2.1': expected an address of this machine (",
            mistake,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://10.0.0.5:6379")]
    [InlineData("rediss://:secret@10.0.0.5:6379/0")]
    public async Task Redis_AsAUrl_IsAMistake(string redis)
    {
        var mistake = Assert.Single(await Mistakes.InAsync(Right.With("WsBalancer:State:Redis", redis)));

        Assert.StartsWith(
            "WsBalancer:State:Redis: expected HOST:PORT", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", mistake, StringComparison.Ordinal);
    }
}
