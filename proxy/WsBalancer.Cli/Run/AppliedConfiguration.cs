using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The configuration that the balancer runs on: a copy of the file and the environment, replaced as a whole after all
/// of it has been checked. A configuration with a mistake reaches neither YARP nor the balancer.
/// </summary>
internal sealed class AppliedConfiguration : ConfigurationProvider, IConfigurationSource, IReloads, IDisposable
{
    private readonly SemaphoreSlim _reloads = new(1, 1);
    private readonly Func<IConfigurationRoot> _read;
    private readonly string _folder;
    private readonly IDictionary<string, string?> _started;
    private Func<StateOptions, string, bool> _mayBeEmpty;
    private ReloadGuard? _guard;
    private ReloadReport? _report;
    private volatile LastReload? _last;
    private FileWatch? _watch;

    private AppliedConfiguration(Func<IConfigurationRoot> read, string folder, CheckedConfiguration atStart)
    {
        (_read, _folder, AtStart) = (read, folder, atStart);
        _mayBeEmpty = MayBeEmptyIn(folder);
        Data = _started = DataOf(atStart.Configuration);
    }

    /// <summary>The configuration that was read at the start, after its check.</summary>
    public CheckedConfiguration AtStart { get; }

    /// <summary>Reads and checks a file, with the environment applied over it.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or has mistakes.</exception>
    public static Task<AppliedConfiguration> FromFileAsync(string path) => LoadAsync(
        () => ConfigurationFile.Read(path), Path.GetDirectoryName(path) ?? Environment.CurrentDirectory);

    /// <summary>Checks settings that are not from a file.</summary>
    /// <exception cref="SettingsException">The settings have mistakes.</exception>
    public static Task<AppliedConfiguration> FromSettingsAsync(IReadOnlyDictionary<string, string?> settings) =>
        LoadAsync(
            () => new ConfigurationBuilder()
                .AddInMemoryCollection(settings)
                .AddEnvironmentVariables(EnvironmentSettings.Prefix)
                .Build(),
            Environment.CurrentDirectory);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>
    /// Sets the guard, which refuses reloads that move too many users or remove all nodes of a cluster, and the report
    /// of reloads.
    /// </summary>
    public void Guard(ReloadGuard guard, ReloadReport report) =>
        (_guard, _report, _mayBeEmpty) = (guard, report, guard.MayBeEmpty);

    /// <summary>Reloads whenever the file changes, until disposed.</summary>
    public void Watch(string path, TimeProvider time, BalancerEvents events) => _watch = new FileWatch(
        path,
        time,
        async () =>
        {
            using (events.CausedBy(EventCause.File))
            {
                await ReloadAsync(force: false, isRequested: false);
            }
        });

    public LastReload? Last => _last;

    /// <inheritdoc/>
    public Task<ReloadResult> ReloadAsync(bool force) => ReloadAsync(force, isRequested: true);

    /// <summary>Reads and checks the configuration again, and applies it if it has no mistake.</summary>
    /// <param name="force">Whether to apply a change that the guard would refuse.</param>
    /// <param name="isRequested">Whether a caller requested the reload, and receives the result.</param>
    public async Task<ReloadResult> ReloadAsync(bool force, bool isRequested)
    {
        await _reloads.WaitAsync();
        try
        {
            var result = await ApplyAsync(force);
            _report?.Write(result, isRequested);
            return Note(result);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // The reload of a watched file has no caller: its failure is reported here.
            var result = new ReloadResult(ReloadOutcome.Failed, [ex.Message], [], []);
            _report?.WriteFailure(result, ex);
            return Note(result);
        }
        finally
        {
            _reloads.Release();
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _reloads.Dispose();
    }

    private static async Task<AppliedConfiguration> LoadAsync(Func<IConfigurationRoot> read, string folder)
    {
        var atStart = await ConfigurationCheck.RunAsync(read(), folder, MayBeEmptyIn(folder));
        SettingsException.ThrowIfAny(EnvironmentSettings.NameVariables(atStart.Mistakes, EnvironmentSettings.Names()));
        return new AppliedConfiguration(read, folder, atStart);
    }

    private static Func<StateOptions, string, bool> MayBeEmptyIn(string folder) =>
        (state, cluster) => state.MayHaveNodesOf(cluster, folder);

    private ReloadResult Note(ReloadResult result)
    {
        _last = new LastReload(TimeProvider.System.GetUtcNow(), result);
        return result;
    }

    private async Task<ReloadResult> ApplyAsync(bool force)
    {
        CheckedConfiguration read;
        try
        {
            read = await CheckAsync();
        }
        catch (SettingsException ex)
        {
            return new ReloadResult(ReloadOutcome.Mistaken, ex.Mistakes, [], []);
        }

        string[] losses = [.. (read.Proxy is null ? [] : _guard?.LossesIn(read) ?? []).Select(loss => $"{loss}.")];
        if (read.Mistakes.Count > 0)
        {
            var mistakes = EnvironmentSettings.NameVariables(read.Mistakes, EnvironmentSettings.Names());
            return new ReloadResult(
                ReloadOutcome.Mistaken, [.. mistakes.Select(mistake => mistake.Message), .. losses], [], []);
        }

        var data = DataOf(read.Configuration);
        var needRestart = StartOnlyKeys.Changed(_started, data);
        if (data.Count == Data.Count && data.All(pair => Data.TryGetValue(pair.Key, out var v) && v == pair.Value))
        {
            return new ReloadResult(ReloadOutcome.Unchanged, [], [], needRestart);
        }

        var moves = _guard?.MovesIn(read) ?? [];
        var risks = losses.Concat(ReloadGuard.RisksIn(moves, read.Settings.Reload)).ToArray();
        if (risks.Length > 0 && !force)
        {
            return new ReloadResult(ReloadOutcome.Risky, risks, moves, needRestart);
        }

        _guard?.SetForced(force);
        Data = data;
        if (_report is { } report)
        {
            report.Apply(OnReload);
        }
        else
        {
            OnReload();
        }

        return new ReloadResult(ReloadOutcome.Applied, [], moves, needRestart);
    }

    private Task<CheckedConfiguration> CheckAsync() => ConfigurationCheck.RunAsync(_read(), _folder, _mayBeEmpty);

    // An empty section has no value, and must be kept: it may be the only key of a cluster without nodes.
    private static Dictionary<string, string?> DataOf(IConfigurationRoot read) => read.AsEnumerable()
        .Where(pair => pair.Value is not null || !read.GetSection(pair.Key).GetChildren().Any())
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
