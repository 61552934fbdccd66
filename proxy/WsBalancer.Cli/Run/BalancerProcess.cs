using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Run;

/// <summary>Runs the balancer: starts, writes its addresses, reloads on SIGHUP, and stops in order.</summary>
internal static class BalancerProcess
{
    public static async Task<int> RunAsync(
        RunSource source, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            using var configuration = source.File is { } file
                ? await AppliedConfiguration.FromFileAsync(file)
                : await AppliedConfiguration.FromSettingsAsync(source.Settings);
            await using var app = BalancerHost.Build(configuration, source.Folder, source.LogLevel);
            return await RunAsync(app, configuration, source.File, output, cancellation);
        }
        catch (SettingsException ex)
        {
            await MistakeList.WriteAsync(errors, ex.Mistakes);
            return ExitCode.Usage;
        }
        catch (Exception ex) when (ex is IOException or InvalidOperationException or CryptographicException)
        {
            // The address is in use or not local, or a certificate or a state file cannot be used.
            await errors.WriteLineAsync($"wsbalancer cannot start: {ex.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RunAsync(
        WebApplication app,
        AppliedConfiguration configuration,
        string? file,
        TextWriter output,
        CancellationToken cancellation)
    {
        var metrics = ActivatorUtilities.CreateInstance<ReloadMetrics>(app.Services);
        var events = app.Services.GetRequiredService<BalancerEvents>();
        configuration.Guard(
            app.Services.GetRequiredService<ReloadGuard>(), new ReloadReport(app.Logger, metrics, events));
        using var hangUp = ReloadOnHangUp(
            app.Logger, configuration, app.Services.GetRequiredService<AccessWriter>(), events);
        foreach (var note in EnvironmentSettings.IgnoredOf(EnvironmentSettings.Names()))
        {
            RunLog.Note(app.Logger, note);
        }

        if (file is not null)
        {
            // A change of the file between the first read and the start of the watch is read now.
            configuration.Watch(file, TimeProvider.System, events);
            await configuration.ReloadAsync(force: false, isRequested: false);
        }

        using var repetition = new RepeatedSignal(() => EndNow(app));
        await app.StartAsync(cancellation);
        foreach (var url in app.Urls)
        {
            await output.WriteLineAsync($"wsbalancer listening on {url}");
        }

        foreach (var url in app.Services.GetRequiredService<AdminHost>().Addresses)
        {
            await output.WriteLineAsync($"wsbalancer admin on {url}");
        }

        await output.WriteLineAsync("wsbalancer ready");
        await output.FlushAsync(CancellationToken.None);

        await app.WaitForShutdownAsync(cancellation);
        return repetition.HasHappened ? ExitCode.Failed : ExitCode.Done;
    }

    private static void EndNow(WebApplication app)
    {
        RunLog.SecondSignal(app.Logger);
        app.Services.GetRequiredService<ShutdownWorker>().EndNow();
    }

    private static PosixSignalRegistration ReloadOnHangUp(
        ILogger logger, AppliedConfiguration configuration, AccessWriter accessLog, BalancerEvents events) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            RunLog.HangUp(logger);
            accessLog.Reopen();
            _ = ReloadAsync(configuration, events);
        });

    private static async Task ReloadAsync(AppliedConfiguration configuration, BalancerEvents events)
    {
        using (events.CausedBy(EventCause.HangUp))
        {
            await configuration.ReloadAsync(force: false);
        }
    }
}

/// <summary>The source of the configuration: a file, or settings from the command line.</summary>
/// <param name="File">The file; null without one.</param>
/// <param name="Settings">The settings without a file; else empty.</param>
internal sealed record RunSource(string? File, IReadOnlyDictionary<string, string?> Settings)
{
    /// <summary>A file.</summary>
    public RunSource(string file)
        : this(file, new Dictionary<string, string?>())
    {
    }

    /// <summary>The minimum level of the balancer's own categories; null for that of the configuration.</summary>
    public string? LogLevel { get; init; }

    /// <summary>The folder at which relative paths of the configuration start.</summary>
    public string Folder => Path.GetDirectoryName(File) ?? Environment.CurrentDirectory;
}
