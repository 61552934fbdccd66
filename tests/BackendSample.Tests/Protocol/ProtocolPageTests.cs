using System.Text;
using System.Text.Json.Nodes;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Protocol;

/// <summary>PROTOCOL.md: its transcripts happen as they are written.</summary>
public sealed class ProtocolPageTests
{
    private static readonly string[] Lines = File.ReadAllLines(Find("backend-sample/PROTOCOL.md"));

    public static TheoryData<int> Transcripts => [.. BlocksOf("transcript").Select(block => block.Line)];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task ATranscript_HappensAsWritten(int line)
    {
        await using var node = await TestNode.StartAsync();
        var clients = new Dictionary<string, TestClient>();
        var epochs = new Epochs();
        var steps = new Queue<string>(BlocksOf("transcript").Single(block => block.Line == line).Text);
        while (steps.TryDequeue(out var step))
        {
            switch (step.Split(' ', 3))
            {
                case [var name, "connects", var path]:
                    clients[name] = new TestClient();
                    await clients[name].ConnectToAsync(node.Address, epochs.Real(path));
                    break;
                case [var name, "→", var text]:
                    await clients[name].SendAsync(epochs.Real(text));
                    break;
                case [var name, "←", var text]:
                    await ReceiveAsync(clients[name], [text, .. TakeWhileReceiving(steps, name)], epochs);
                    break;
                default:
                    Assert.Fail($"Not a step of a transcript: {step}");
                    break;
            }
        }

        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    // Messages that no transcript can cause.
    public static TheoryData<string, byte[]> Samples => new()
    {
        { "gap", ServerMessage.Gap("room:r", new ChannelPosition("5b0f3c9a1d2e", 12)).ToArray() },
        { "drain", ServerMessage.Draining(TimeSpan.FromMilliseconds(840)).ToArray() },
        {
            "presence",
            PresenceMessage.Change("r", [new UserPresence("bob", 2, ["ws-1", "ws-2"])], ["carol"]).ToArray()
        },
        { "notice", ServerMessage.TokenExpired(TimeSpan.FromSeconds(30)).ToArray() },
        {
            "auth",
            ServerMessage.Authenticated("alice", new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero)).ToArray()
        },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void MessageOutsideOfTranscripts_IsAsWritten(string kind, byte[] sent)
    {
        var written = Assert.Single(Assert.Single(BlocksOf(kind)).Text);

        Assert.Equal(written, Encoding.UTF8.GetString(sent));
    }

    [Fact]
    public void EveryMessageOfAClient_HasAnExample()
    {
        var page = string.Join('\n', Lines);

        foreach (var kind in Enum.GetNames<ClientMessageKind>().Where(kind => kind != "Invalid"))
        {
            Assert.Contains($"→ {{\"type\":\"{kind.ToLowerInvariant()}\"", page, StringComparison.Ordinal);
        }
    }

    // An acknowledgement and the message itself may arrive in either order.
    private static async Task ReceiveAsync(TestClient client, List<string> written, Epochs epochs)
    {
        while (written.Count > 0)
        {
            var received = await client.ReceiveTextAsync();
            var type = received[..received.IndexOf(',', StringComparison.Ordinal)];
            var text = written.Find(text => text.StartsWith(type, StringComparison.Ordinal)) ?? written[0];
            epochs.AssertEqual(text, received);
            written.Remove(text);
        }
    }

    private static List<string> TakeWhileReceiving(Queue<string> steps, string name)
    {
        var prefix = $"{name} ← ";
        var texts = new List<string>();
        while (steps.TryPeek(out var next) && next.StartsWith(prefix, StringComparison.Ordinal))
        {
            texts.Add(steps.Dequeue()[prefix.Length..]);
        }

        return texts;
    }

    private static IEnumerable<(int Line, List<string> Text)> BlocksOf(string kind) =>
        from pair in Lines.Index()
        where pair.Item == "```" + kind
        select (pair.Index + 1, Lines.Skip(pair.Index + 1).TakeWhile(line => line != "```").ToList());

    private static string Find(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, path)))
        {
            folder = folder.Parent ?? throw new FileNotFoundException(path);
        }

        return Path.Combine(folder.FullName, path);
    }

    /// <summary>The epochs of the page are examples, in place of real ones, which are random.</summary>
    private sealed class Epochs
    {
        private readonly Dictionary<string, string> _real = [];

        public string Real(string text) => _real.Aggregate(
            text, (replaced, epoch) => replaced.Replace(epoch.Key, epoch.Value, StringComparison.Ordinal));

        public void AssertEqual(string written, string received)
        {
            var (expected, actual) = (Parse(written), Parse(received));
            if (expected?["epoch"]?.GetValue<string>() is { } epoch && actual?["epoch"] is { } real)
            {
                _real.TryAdd(epoch, real.GetValue<string>());
            }

            Assert.Equal(Real(written), received);
        }

        private static JsonObject? Parse(string text) =>
            text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : null;
    }
}
