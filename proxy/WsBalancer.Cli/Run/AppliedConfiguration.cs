using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using WsBalancer.Proxy;
using WsBalancer.Proxy.State;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The configuration that the balancer runs on: a copy of the file and the environment, replaced as a whole once all of
/// it has been checked. What is wrong never gets near YARP or us.
/// </summary>
internal sealed class AppliedConfiguration : ConfigurationProvider, IConfigurationSource, IDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _reloads = new(1, 1);
    private readonly Func<IConfigurationRoot> _read;
    private Func<StateOptions, string, bool> _mayBeEmpty;
    private ReloadGuard? _guard;
    private IDictionary<string, string?> _started = new Dictionary<string, string?>();
    private PhysicalFileProvider? _files;
    private IDisposable? _watch;

    private AppliedConfiguration(Func<IConfigurationRoot> read, string folder) =>
        (_read, _mayBeEmpty) = (read, (state, cluster) => state.MayHaveNodesOf(cluster, folder));

    /// <summary>Reads and checks a file, with the environment laid over it.</summary>
    /// <exception cref="SettingsException">It cannot be read, or has mistakes.</exception>
    public static Task<AppliedConfiguration> FromFileAsync(string path) => LoadAsync(new AppliedConfiguration(
        () => new ConfigurationBuilder()
            .Add(new JsonConfigurationSource
            {
                FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(path)!),
                Path = Path.GetFileName(path),
            })
            .AddEnvironmentVariables(EnvironmentSettings.Prefix)
            .Build(),
        Path.GetDirectoryName(path)!));

    /// <summary>Checks settings that do not come from a file.</summary>
    /// <exception cref="SettingsException">They have mistakes.</exception>
    public static Task<AppliedConfiguration> FromSettingsAsync(IReadOnlyDictionary<string, string?> settings) =>
        LoadAsync(new AppliedConfiguration(() => new ConfigurationBuilder()
            .AddInMemoryCollection(settings)
            .AddEnvironmentVariables(EnvironmentSettings.Prefix)
            .Build(),
        Environment.CurrentDirectory));

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>From now on, refuses what would leave the fleet without nodes or clusters.</summary>
    public void Guard(ReloadGuard guard) => (_guard, _mayBeEmpty) = (guard, guard.MayBeEmpty);

    /// <summary>Reloads whenever the file changes, until disposed.</summary>
    public void Watch(string path, TimeProvider time, ILogger logger)
    {
        _files = new PhysicalFileProvider(Path.GetDirectoryName(path)!);
        _watch = ChangeToken.OnChange(
            () => _files.Watch(Path.GetFileName(path)),
            () => _ = ReloadSettledAsync(time, logger));
    }

    /// <summary>Reads and checks everything anew, and applies it if there is no mistake in it.</summary>
    public async Task ReloadAsync(ILogger logger)
    {
        await _reloads.WaitAsync();
        try
        {
            var data = await ReadCheckedAsync();
            if (data.Count == Data.Count && data.All(pair => Data.TryGetValue(pair.Key, out var v) && v == pair.Value))
            {
                return;
            }

            Data = data;
            if (StartOnlyKeys.Changed(_started, data) is { Length: > 0 } keys)
            {
                RunLog.ApplyingExcept(logger, string.Join(", ", keys));
            }
            else
            {
                RunLog.Applying(logger);
            }

            OnReload();
        }
        catch (SettingsException ex)
        {
            foreach (var mistake in ex.Mistakes)
            {
                RunLog.Mistake(logger, mistake);
            }

            RunLog.ReloadRefused(logger, ex.Mistakes.Count);
        }
        catch (LossException ex)
        {
            foreach (var loss in ex.Losses)
            {
                RunLog.Loss(logger, loss);
            }

            RunLog.LossRefused(logger);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // Nobody awaits a reload: what goes wrong in it must be told here.
            RunLog.ReloadFailed(logger, ex);
        }
        finally
        {
            _reloads.Release();
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _files?.Dispose();
        _reloads.Dispose();
    }

    private static async Task<AppliedConfiguration> LoadAsync(AppliedConfiguration configuration)
    {
        configuration.Data = await configuration.ReadCheckedAsync();
        configuration._started = configuration.Data;
        return configuration;
    }

    // Editors write a file in several steps; half a file is not a mistake worth a message.
    private async Task ReloadSettledAsync(TimeProvider time, ILogger logger)
    {
        await Task.Delay(Settle, time, CancellationToken.None);
        await ReloadAsync(logger);
    }

    private async Task<Dictionary<string, string?>> ReadCheckedAsync()
    {
        var raw = Read();
        LossException.ThrowIfAny(_guard?.LossesIn(raw) ?? []);
        SettingsException.ThrowIfAny(await ConfigurationCheck.FindMistakesAsync(raw, _mayBeEmpty));

        // An empty section has no value and is there all the same, as the only one of a cluster without nodes.
        return raw.AsEnumerable()
            .Where(pair => pair.Value is not null || !raw.GetSection(pair.Key).GetChildren().Any())
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
    }

    // Where in the file the mistake is stands in the innermost message.
    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }

    private IConfigurationRoot Read()
    {
        try
        {
            return _read();
        }
        catch (Exception ex) when (ex is IOException or InvalidDataException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new SettingsException([string.Join(" ", Chain(ex).Select(cause => cause.Message).Distinct())]);
        }
    }
}
