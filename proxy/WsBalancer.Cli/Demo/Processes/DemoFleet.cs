namespace WsBalancer.Cli.Demo.Processes;

/// <summary>Redis, the nodes and the balancer, each in its own process. Disposal ends all of them.</summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    private static readonly Uri AnyPort = new("http://127.0.0.1:0/");

    private readonly TimeProvider _time;
    private readonly ProgramFile _nodeProgram = ProgramFile.FindNode();
    private readonly ProgramFile _balancerProgram = ProgramFile.FindBalancer();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wsbalancer-demo-");
    private readonly OrphanKiller _orphans = new();
    private readonly TaskCompletionSource<DemoFailure> _broken =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _lock = new();
    private readonly List<ChildProcess> _processes = [];
    private readonly List<DemoNode> _nodes = [];
    private ChildProcess? _balancer;
    private string _redis = "";

    public DemoFleet(TimeProvider time) => _time = time;

    /// <summary>Completes when the balancer has ended, with the reason. Never before the balancer is started.</summary>
    public Task<string> BalancerEnd { get; private set; } = new TaskCompletionSource<string>().Task;

    /// <summary>Completes, with the reason, when a process has ended unexpectedly.</summary>
    public Task<DemoFailure> Broken => _broken.Task;

    public IReadOnlyList<DemoNode> Nodes => _nodes;

    /// <summary>The address to which clients connect.</summary>
    public Uri Balancer { get; private set; } = AnyPort;

    public Uri Admin { get; private set; } = AnyPort;

    /// <summary>The configuration file of the balancer, which applies its changes.</summary>
    public string ConfigurationFile => Path.Combine(_directory.FullName, "wsbalancer.json");

    public async Task StartAsync(int nodes, CancellationToken cancellation)
    {
        var redis = Start("redis", _nodeProgram, "redis", "--port", "0");
        _redis = await redis.ReadAfterAsync("redis listening on ", cancellation);

        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(1, nodes).Select(
            number => StartNodeAsync(number, cancellation))));

        WriteConfiguration();
        var balancer = Start("wsbalancer", _balancerProgram, "run", "--config", ConfigurationFile);
        BalancerEnd = DescribeEndOf(balancer);
        Balancer = await ReadAddressAsync(balancer, "wsbalancer listening on ", cancellation);
        Admin = await ReadAddressAsync(balancer, "wsbalancer admin on ", cancellation);
        await balancer.ReadAfterAsync("wsbalancer ready", cancellation);
        _balancer = balancer;
    }

    /// <summary>Starts one more node without adding it to the configuration.</summary>
    public async Task<DemoNode> StartNodeAsync(CancellationToken cancellation)
    {
        var node = await StartNodeAsync(_nodes.Count + 1, cancellation);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts one more node and names it in the configuration, which the balancer then reads again.</summary>
    public async Task<DemoNode> AddNodeAsync(CancellationToken cancellation)
    {
        var node = await StartNodeAsync(cancellation);
        WriteConfiguration();
        var balancer = _balancer ?? throw new InvalidOperationException("The balancer has not been started.");
        Signals.Reload(balancer.Id);
        return node;
    }

    /// <summary>Starts a crashed node again, with the same name and port.</summary>
    public async Task ReturnAsync(DemoNode node, CancellationToken cancellation) =>
        (node.Process, node.Address) = await StartProcessAsync(node.Id, node.Address, cancellation);

    /// <summary>The node with the most users of a placement, which has the node of each user.</summary>
    public DemoNode MostPopular(IReadOnlyDictionary<string, string> placement) =>
        _nodes.OrderByDescending(node => placement.Values.Count(other => other == node.Id)).First();

    /// <summary>The last lines of every process, for the report of a failure.</summary>
    public IEnumerable<string> Outputs(int lines)
    {
        lock (_lock)
        {
            return [.. _processes.SelectMany(process =>
                process.Output.Lines.TakeLast(lines).Select(line => $"{process.Name} | {line}"))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        }
        finally
        {
            _orphans.Dispose();
            _directory.Delete(recursive: true);
        }
    }

    private async Task<DemoNode> StartNodeAsync(int number, CancellationToken cancellation)
    {
        var id = $"ws-{number}";
        var (process, address) = await StartProcessAsync(id, AnyPort, cancellation);
        return new DemoNode(id, process, address);
    }

    private async Task<(ChildProcess Process, Uri Address)> StartProcessAsync(
        string id, Uri address, CancellationToken cancellation)
    {
        var process = Start(
            id,
            _nodeProgram,
            "serve", "--urls", address.AbsoluteUri.TrimEnd('/'), "--name", id, "--redis", _redis);
        return (process, await ReadAddressAsync(process, $"{id} listening on ", cancellation));
    }

    private ChildProcess Start(string name, ProgramFile program, params string[] arguments)
    {
        var process = ChildProcess.Start(name, program, arguments, _orphans, _time);
        lock (_lock)
        {
            _processes.Add(process);
        }

        _ = WatchAsync(process);
        return process;
    }

    private static async Task<string> DescribeEndOf(ChildProcess process)
    {
        await process.UnexpectedEnd;
        return process.DescribeEnd();
    }

    private async Task WatchAsync(ChildProcess process)
    {
        await process.UnexpectedEnd;
        _broken.TrySetResult(new DemoFailure(process.DescribeEnd()));
    }

    // Written under another name and then renamed, so that the balancer never reads a part of the file.
    private void WriteConfiguration()
    {
        var fresh = $"{ConfigurationFile}.new";
        File.WriteAllText(fresh, DemoConfiguration.Write(_nodes.Select(node => (node.Id, node.Address))));
        File.Move(fresh, ConfigurationFile, overwrite: true);
    }

    private static async Task<Uri> ReadAddressAsync(
        ChildProcess process, string prefix, CancellationToken cancellation)
    {
        var text = await process.ReadAfterAsync(prefix, cancellation);
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            ? address
            : throw new DemoFailure($"{process.Name} wrote '{prefix}{text}', which names no address.");
    }
}

/// <summary>
/// A node of the demo. Its id and address stay the same when its process crashes and is started again.
/// </summary>
internal sealed class DemoNode(string id, ChildProcess process, Uri address)
{
    public string Id { get; } = id;

    /// <summary>The address of the first process. Later processes use the same port.</summary>
    public Uri Address { get; set; } = address;

    /// <summary>The latest process.</summary>
    public ChildProcess Process { get; set; } = process;
}
