using System.Net.Http.Json;
using System.Text.Json;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class OpenApiTests : IAsyncLifetime
{
    private const string Cluster = "/api/v1/clusters/{cluster}";

    // Every call, with every status that it may return.
    private static readonly string[] Calls =
    [
        "get /api/v1/clusters 200 400 401",
        "get /api/v1/events 200 400 401",
        "post /api/v1/reload 200 400 401 403 409 500",
        "get /api/v1/balancers 200 400 401",
        "get /api/v1/configuration 200 400 401",
        $"get {Cluster}/blend 200 400 401 404",
        $"post {Cluster}/blend 200 400 401 403 404 409 412 413 415 500",
        $"post {Cluster}/nodes 200 400 401 403 404 409 412 413 415 500",
        $"delete {Cluster}/nodes/{{node}} 200 400 401 403 404 409 412 500",
        $"patch {Cluster}/nodes/{{node}} 200 400 401 403 404 409 412 413 415 500",
        $"delete {Cluster}/nodes/{{node}}/drain 200 400 401 403 404 409 412 500",
        $"get {Cluster}/nodes/{{node}}/drain 200 400 401 404",
        $"post {Cluster}/nodes/{{node}}/drain 202 400 401 403 404 409 412 413 415 500",
        $"get {Cluster}/owner 200 400 401 404",
        $"post {Cluster}/plan 200 400 401 403 404 409 413 415",
        $"delete {Cluster}/rebalance 200 400 401 403 404 409 412 500",
        $"get {Cluster}/rebalance 200 400 401 404",
        $"patch {Cluster}/rebalance 200 400 401 403 404 409 412 413 415 500",
        $"post {Cluster}/rebalance 202 400 401 403 404 409 412 413 415 500",
        $"delete {Cluster}/tunnels 200 400 401 403 404",
        "get /api/v1/status 200 400 401 404",
        "delete /api/v1/tunnels/{tunnel} 200 400 401 403 404",
        "get /livez 200 400",
        "get /readyz 200 400 503",
        "get /metrics 200 400",
        $"get {Cluster}/tunnels 200 400 401 404",
    ];

    private BalancerApp _app = null!;
    private JsonElement _document;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));
        await _app.StartAsync();
        using var answer = await _app.SendAsync("/openapi/v1.json");
        _document = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Document_HasEveryCallWithItsAnswers()
    {
        var calls = from path in _document.GetProperty("paths").EnumerateObject()
                    from call in path.Value.EnumerateObject()
                    let answers = call.Value.GetProperty("responses").EnumerateObject().Select(answer => answer.Name)
                    select $"{call.Name} {path.Name} {string.Join(' ', answers.Order(StringComparer.Ordinal))}";

        Assert.StartsWith("3.", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(Calls.Order(StringComparer.Ordinal), calls.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_HasASummaryForEachCall()
    {
        var calls = _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject());

        Assert.All(calls, call => Assert.EndsWith(
            ".", call.Value.GetProperty("summary").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Document_DescribesTheFieldsOfABody()
    {
        var body = _document.GetProperty("components").GetProperty("schemas").GetProperty("NodeBody");

        Assert.Equal(
            ["id", "address"], body.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(
            "a whole number from 0 to 65535 (default: 1, or the last weight of a node that was removed)",
            body.GetProperty("properties").GetProperty("weight").GetProperty("description").GetString());
    }

    [Fact]
    public void Document_DescribesTheQueryAndTheHeaders()
    {
        var remove = _document.GetProperty("paths").GetProperty(Cluster + "/nodes/{node}").GetProperty("delete");

        Assert.Equal(
            ["cluster path", "node path", "drain query", "force query", "If-Match header"],
            remove.GetProperty("parameters").EnumerateArray()
                .Select(parameter => AdminAnswer.LineOf(parameter, "name", "in")));
    }

    [Fact]
    public void Document_NamesTheProduct()
    {
        var info = _document.GetProperty("info");

        Assert.Equal("WsBalancer admin API", info.GetProperty("title").GetString());
        Assert.Equal(ProductVersion.Text, info.GetProperty("version").GetString());
        Assert.Equal("MIT MIT", AdminAnswer.LineOf(info.GetProperty("license"), "name", "identifier"));
        Assert.Equal(
            [_app.AdminUrl],
            _document.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("url").GetString()));
    }

    [Fact]
    public void Document_HasANameForEachCall()
    {
        var names = Operations.Select(call => call.GetProperty("operationId").GetString()!).ToArray();

        Assert.Equal(Calls.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[a-z][A-Za-z]+$", name));
    }

    [Fact]
    public void Document_DescribesItsTags()
    {
        var described = _document.GetProperty("tags").EnumerateArray()
            .Select(tag => (tag.GetProperty("name").GetString(), tag.GetProperty("description").GetString()!))
            .ToArray();

        Assert.All(described, tag => Assert.EndsWith(".", tag.Item2, StringComparison.Ordinal));
        Assert.Equal(
            described.Select(tag => tag.Item1).Order(StringComparer.Ordinal),
            Operations.SelectMany(call => call.GetProperty("tags").EnumerateArray()).Select(tag => tag.GetString())
                .Distinct().Order(StringComparer.Ordinal));
    }

    // A call without a requirement of its own has that of the document.
    [Fact]
    public void Document_RequiresATokenOfEveryCallButThoseOfProbes()
    {
        var scheme = _document.GetProperty("components").GetProperty("securitySchemes").GetProperty("token");
        Assert.Equal("http bearer", AdminAnswer.LineOf(scheme, "type", "scheme"));
        Assert.Equal("""[{"token":[]}]""", Compact(_document.GetProperty("security")));

        var open = _document.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.EnumerateObject().All(call => call.Value.TryGetProperty("security", out _)));
        Assert.Equal(["/livez", "/metrics", "/readyz"], open.Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.All(open, path => Assert.Equal("[]", Compact(path.Value.GetProperty("get").GetProperty("security"))));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private JsonElement[] Operations =>
    [
        .. _document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()).Select(call => call.Value),
    ];

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
