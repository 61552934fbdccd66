using System.Net.Http.Headers;
using System.Text;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>How request bodies are read, tested on calls that have one.</summary>
public sealed class RequestBodyTests : IAsyncLifetime
{
    private const string Plan = "clusters/chat/plan";
    private const string Nodes = "clusters/chat/nodes";
    private const string Id = "letters, digits, '.', '_' and '-', and at most 253 of them";
    private const string Weight = "a whole number from 0 to 65535";
    private const string Otherwise = " (default: 1, or the last weight of a node that was removed)";

    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Theory]
    [InlineData("""{"removed":["ws-1"]}""", "There is no field 'removed' here; known: add, remove, weights.")]
    [InlineData("""{"Remove":["ws-1"]}""", "There is no field 'Remove' here; known: add, remove, weights.")]
    [InlineData(
        """{"add":[{"id":"a","address":"http://a/"},{"id":"b","adress":"http://b/"}]}""",
        "There is no field 'add[1].adress' here; known: id, address, weight, ringKey.")]
    public async Task UnknownField_IsNamed(string body, string detail) =>
        (await _app.CallAsync("POST", Plan, body)).IsProblem(400, detail);

    [Theory]
    [InlineData("""{"add":{}}""", "'add' is {}: expected a list of nodes to add.")]
    [InlineData("""{"remove":"ws-1"}""", "'remove' is \"ws-1\": expected a list of ids of nodes to remove.")]
    [InlineData("""{"remove":[1]}""", "'remove[0]' is 1: expected a list of ids of nodes to remove.")]
    [InlineData("""{"remove":[null]}""", "'remove[0]' is null: leave it out.")]
    [InlineData("""{"add":[null]}""", "'add[0]' is null: leave it out.")]
    [InlineData("""{"add":[{"address":"http://a/"}]}""", "'add[0].id' is missing: expected a node id: " + Id + ".")]
    [InlineData(
        """{"add":[{"id":"a","address":"http://a/","weight":"2"}]}""",
        $"'add[0].weight' is \"2\": expected {Weight}{Otherwise}.")]
    [InlineData(
        """{"add":[{"id":"a","address":"http://a/","weight":1.5}]}""",
        $"'add[0].weight' is 1.5: expected {Weight}{Otherwise}.")]
    [InlineData(
        """{"add":[{"id":7,"address":"http://a/"}]}""", "'add[0].id' is 7: expected a node id: " + Id + ".")]
    [InlineData(
        """{"weights":{"ws-1":99999999999}}""",
        $"'weights.ws-1' is 99999999999: expected an object with ids of nodes and their weights, each {Weight}.")]
    [InlineData(
        """{"weights":{"ws.1":null}}""",
        $"'weights.ws.1' is null: expected an object with ids of nodes and their weights, each {Weight}.")]
    [InlineData(
        """{"weights":{"x']['y":"z"}}""",
        $"'weights' is {{\"x']['y\":\"z\"}}: expected an object with ids of nodes and their weights, each {Weight}.")]
    [InlineData("""{"remove":["\ud800"]}""", "'remove[0]' is \"\\ud800\": expected a list of ids of nodes to remove.")]
    [InlineData("[]", "The body is []: expected an object.")]
    [InlineData("7", "The body is 7: expected an object.")]
    [InlineData("null", "The body is null: expected an object.")]
    public async Task WrongType_IsNamedWithWhatIsExpected(string body, string detail) =>
        (await _app.CallAsync("POST", Plan, body)).IsProblem(400, detail);

    [Theory]
    [InlineData("{")]
    [InlineData("{\"add\":[],}")]
    [InlineData("{} {}")]
    [InlineData("// nothing")]
    [InlineData("{\"weights\":{},\"weights\":{}}")]
    [InlineData("{'add':[]}")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"weights":{"\ud800":1}}""")]
    public async Task Body_ThatIsNotJson_IsAProblem(string body)
    {
        var answer = await _app.CallAsync("POST", Plan, body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("The body is not JSON: ", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongValue_IsCutInTheProblem()
    {
        var answer = await _app.CallAsync("POST", Plan, $$"""{"remove":"{{new string('x', 1000)}}"}""");

        answer.IsProblem(
            400, $"'remove' is \"{new string('x', 59)}…: expected a list of ids of nodes to remove.");
    }

    [Theory]
    [InlineData("text/plain", "The body's Content-Type is 'text/plain': expected application/json.")]
    [InlineData(
        "application/x-www-form-urlencoded",
        "The body's Content-Type is 'application/x-www-form-urlencoded': expected application/json.")]
    [InlineData(null, "The body has no Content-Type: expected application/json.")]
    public async Task Body_OfAnotherType_Is415(string? type, string detail)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        (await _app.CallWithAsync("POST", Plan, content)).IsProblem(415, detail);
    }

    [Fact]
    public async Task Body_ThatIsTooLong_Is413()
    {
        var longest = new string(' ', (1 << 20) - 2) + "{}";

        Assert.Equal(200, (await _app.CallAsync("POST", Plan, longest)).Status);
        using var content = new StringContent(" " + longest, Encoding.UTF8, "application/json");

        // The server responds to the length alone and closes: a client that still sends would fail with a broken pipe.
        var answer = await _app.CallWithAsync("POST", Plan, content, "Expect: 100-continue");

        Assert.Equal((413, "application/problem+json"), (answer.Status, answer.MediaType));
        Assert.Contains("1048576", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfAChangeThatNeedsOne_IsMissed() => (await _app.CallAsync("POST", Nodes)).IsProblem(
        400, $"'id' is missing: expected a node id: {Id}.");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
