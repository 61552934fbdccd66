using System.CommandLine;
using System.Text.Json;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Cli.Run;

/// <summary><c>wsbalancer check</c>: reports every mistake in a configuration at once, without running it.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo?>("FILE")
        {
            Description = $"The configuration file [default: {ConfigurationFile.Standard}]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = new Option<FileInfo?>("--config", "-f")
        {
            Description = "The same, as 'run' takes it",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print one JSON document and nothing else, with mistakes too",
        };
        var command = new Command("check", "Check a configuration file: exit 0 if it is fine, 2 with every mistake")
        {
            file,
            config,
            json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is not null && result.GetValue(config) is not null)
            {
                result.AddError("The file is named twice, as FILE and with --config.");
            }
            else if (result.GetValue(file) is null && result.GetValue(config) is null
                && !File.Exists(ConfigurationFile.Standard))
            {
                result.AddError($"'wsbalancer check' needs FILE: there is no {ConfigurationFile.Standard}.");
            }
        });
        command.SetAction((parsed, _) => CheckAsync(
            (parsed.GetValue(file) ?? parsed.GetValue(config))?.FullName ?? ConfigurationFile.Standard,
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            new VisibleWriter(parsed.InvocationConfiguration.Error)));
        return command;
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> CheckAsync(string file, bool json, TextWriter output, TextWriter errors)
    {
        var report = await ReportAsync(file);
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, CheckJson.Default.CheckReport));
        }
        else if (report.Valid)
        {
            await using var visible = new VisibleWriter(output);
            foreach (var line in CheckText.Of(report))
            {
                await visible.WriteLineAsync(line);
            }
        }
        else
        {
            await MistakeList.WriteAsync(errors, [.. report.Mistakes.Select(mistake => mistake.Message)]);
            foreach (var note in report.Notes)
            {
                await errors.WriteLineAsync($"Note: {note.Message}");
            }
        }

        return report.Valid ? ExitCode.Done : ExitCode.Usage;
    }

    private static async Task<CheckReport> ReportAsync(string file)
    {
        var ignored = EnvironmentSettings.IgnoredOf(EnvironmentSettings.Names())
            .Select(note => new SettingsError("", note));
        try
        {
            using var configuration = await AppliedConfiguration.FromFileAsync(file);
            return CheckReport.Of(
                file, configuration.AtStart, ConfigurationNotes.Find(configuration.AtStart).Concat(ignored));
        }
        catch (SettingsException ex)
        {
            return CheckReport.Of(file, ex.Errors, ignored);
        }
    }
}
