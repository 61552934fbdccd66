using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A balancer as a process, with a configuration file of its own and free ports.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string? _engine;
    private readonly HttpClient _admin;

    private Balancer(DirectoryInfo folder, string? engine, RunningProcess process, Uri[] urls, Uri admin)
    {
        (_folder, _engine, Process, Urls) = (folder, engine, process, urls);
        _admin = new HttpClient { BaseAddress = admin, Timeout = Deadline.Default };
    }

    public RunningProcess Process { get; private set; }

    /// <summary>The data addresses, in the order in which the process prints them.</summary>
    public Uri[] Urls { get; }

    public int Port => Urls[0].Port;

    /// <summary>The folder of the configuration file.</summary>
    public string Folder => _folder.FullName;

    public string AdminUrl => _admin.BaseAddress!.ToString();

    public int AdminPort => _admin.BaseAddress!.Port;

    public IPEndPoint Endpoint => IPEndPoint.Parse(Urls[0].Authority);

    /// <summary>The file in which the balancer stores the changes made at run time.</summary>
    public string StateFile => Path.Combine(_folder.FullName, "wsbalancer.state.json");

    /// <summary>Starts a balancer and waits until it reports that it is ready.</summary>
    /// <param name="config">The content of its configuration file.</param>
    /// <param name="engine">The engine of its sockets; null for the engine of the whole suite.</param>
    public static async Task<Balancer> Start(BalancerConfig config, string? engine = null)
    {
        var folder = Directory.CreateTempSubdirectory("wsbalancer-");
        await File.WriteAllTextAsync(FileIn(folder), config.ToString());
        try
        {
            var (process, urls, admin) = await Run(folder, engine);
            return new Balancer(folder, engine, process, urls, admin);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Kills the process, without a shutdown: as when its machine fails.</summary>
    public async Task Kill()
    {
        Process.Send(Signal.Kill);
        await Process.ExitCode();
    }

    /// <summary>Starts again after the end, on the same ports and with the stored state.</summary>
    public async Task StartAgain()
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(FileIn(_folder)))!;
        config[BalancerConfig.UrlsKey] = Urls[0].ToString();
        config["WsBalancer"]!["Admin"]!["Url"] = _admin.BaseAddress!.ToString();
        await File.WriteAllTextAsync(FileIn(_folder), config.ToJsonString());
        await Process.DisposeAsync();
        (Process, _, _) = await Run(_folder, _engine);
    }

    /// <summary>Runs an operator's command on this balancer: <c>wsbalancer</c> with these arguments.</summary>
    public async Task<CommandResult> Command(params IEnumerable<string> arguments)
    {
        await using var process = StartCommand(arguments);
        var code = await process.ExitCode();

        return new CommandResult(code, process.Output);
    }

    public RunningProcess StartCommand(params IEnumerable<string> arguments) => RunningProcess.Start(
        "wsbalancer", Programs.Balancer, [.. arguments, "--admin", _admin.BaseAddress!.ToString()]);

    /// <summary>Opens a WebSocket of a user, with the test reading and writing its frames.</summary>
    public Task<RawClient> Open(string user, params (string Name, string Value)[] headers) =>
        RawClient.Open(Endpoint, Target(user), headers);

    /// <summary>Requests a WebSocket of a user, and accepts any response.</summary>
    public Task<RawClient> SendRequest(string user, params (string Name, string Value)[] headers) =>
        RawClient.SendRequest(Port, Target(user), headers);

    /// <summary>Opens a WebSocket, reads the welcome, closes it, and returns the node that sent the welcome.</summary>
    public async Task<string> Visit(string user)
    {
        using var client = await Open(user);
        var node = await client.ReadWelcome();
        await client.Close();
        return node;
    }

    /// <summary>Visits with each of these users, and returns the node of each.</summary>
    public async Task<Dictionary<string, string>> VisitAll(IEnumerable<string> users)
    {
        var visits = new ConcurrentDictionary<string, string>();
        var together = new ParallelOptions
        {
            MaxDegreeOfParallelism = 16,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(users, together, async (user, _) => visits[user] = await Visit(user));
        return new Dictionary<string, string>(visits);
    }

    /// <summary>The owner, order and tunnels of a user, from the admin API.</summary>
    public Task<JsonNode> Owner(string user) =>
        Get($"/api/v1/clusters/{BalancerConfig.Cluster}/owner?user={Uri.EscapeDataString(user)}");

    /// <summary>A user whose order begins with these nodes.</summary>
    public async Task<string> UserOf(params string[] nodes)
    {
        for (var i = 0; ; i++)
        {
            var order = (await Owner($"user-{i}"))["order"]!.AsArray().Select(node => (string)node!);
            if (order.Take(nodes.Length).SequenceEqual(nodes))
            {
                return $"user-{i}";
            }
        }
    }

    /// <summary>The cluster, from the admin API.</summary>
    public async Task<JsonNode> Cluster() => (await Get("/api/v1/clusters"))[0]!;

    /// <summary>A node, from the admin API; null if the API does not list it.</summary>
    public async Task<JsonNode?> Node(string name) =>
        (await Cluster())["nodes"]!.AsArray().FirstOrDefault(node => (string?)node!["id"] == name);

    public async Task<JsonNode> Get(string path)
    {
        using var response = await _admin.GetAsync(path, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}\n{body}\n{Process.Output}");
        return JsonNode.Parse(body)!;
    }

    /// <summary>All metrics of the balancer at this moment.</summary>
    public async Task<Scrape> Scrape() => new(await Metrics());

    /// <summary>The same as text.</summary>
    public Task<string> Metrics() => _admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    /// <summary>The status of an admin call, whatever it is.</summary>
    public async Task<HttpStatusCode> Status(string path)
    {
        using var response = await _admin.GetAsync(path, TestContext.Current.CancellationToken);

        return response.StatusCode;
    }

    public async Task<JsonNode> Delete(string path)
    {
        using var response = await _admin.DeleteAsync(path, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}\n{answer}\n{Process.Output}");
        return JsonNode.Parse(answer)!;
    }

    public async Task<JsonNode?> Post(string path, JsonNode body)
    {
        using var response = await _admin.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}\n{answer}\n{Process.Output}");
        return answer.Length == 0 ? null : JsonNode.Parse(answer);
    }

    /// <summary>The status and the body of a change under <c>/api/v1</c>, whatever they are.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> Change(HttpMethod method, string path, JsonNode body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/clusters/{BalancerConfig.Cluster}/{path}");
        request.Content = JsonContent.Create(body);
        using var response = await _admin.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        return (response.StatusCode, answer.Length == 0 ? null : JsonNode.Parse(answer));
    }

    /// <summary>Replaces the configuration file in one step, as careful editors do; the balancer watches it.</summary>
    public async Task Write(string config)
    {
        var next = Path.Combine(_folder.FullName, "next.json");
        await File.WriteAllTextAsync(next, config, TestContext.Current.CancellationToken);
        File.Move(next, FileIn(_folder), overwrite: true);
    }

    /// <summary>Waits until the balancer has written a text.</summary>
    public Task UntilWritten(string text) => Deadline.Until(
        $"it writes '{text}'",
        () => Process.Output.Contains(text, StringComparison.Ordinal),
        () => Process.Output);

    /// <summary>Waits until a fact about the cluster holds in the admin API.</summary>
    public Task Until(string fact, Func<JsonNode, bool> holds) =>
        Deadline.Until(fact, async () => holds(await Cluster()), () => Process.Output);

    /// <summary>Waits until the balancer has no tunnel.</summary>
    public Task UntilEmpty() => Until("no tunnel is left", cluster => TunnelsOf(cluster) == 0);

    /// <summary>A client may read its 101 before the balancer has registered the tunnel.</summary>
    public Task UntilOpen() => Until("a tunnel is open", cluster => TunnelsOf(cluster) > 0);

    public Task UntilHealth(string node, string health) => Until(
        $"{node} is {health}",
        cluster => cluster["nodes"]!.AsArray().Any(item =>
            (string?)item!["id"] == node && (string?)item["health"] == health));

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static int TunnelsOf(JsonNode cluster) => cluster["nodes"]!.AsArray().Sum(node => (int)node!["tunnels"]!);

    private static async Task<(RunningProcess Process, Uri[] Urls, Uri Admin)> Run(
        DirectoryInfo folder, string? engine)
    {
        var environment = new Dictionary<string, string>();
        if (engine is not null)
        {
            environment[RunningProcess.EngineVariable] = engine;
        }

        var process = RunningProcess.Start(
            "wsbalancer", Programs.Balancer, environment, "run", "--config", FileIn(folder));
        try
        {
            await process.After("wsbalancer ready");
            var urls = (await process.After("wsbalancer listening on ")).Select(url => new Uri(url)).ToArray();
            return (process, urls, new Uri((await process.After("wsbalancer admin on "))[0]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static string FileIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "wsbalancer.json");

    private static string Target(string user) => $"/chat?user={Uri.EscapeDataString(user)}";
}

/// <summary>The exit code and the output of a command; lines of standard error begin with "! ".</summary>
internal sealed record CommandResult(int Code, string Output);
