using System.CommandLine;
using System.Text.Json;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary><c>wsbalancer check</c>: every mistake in a configuration at once, without running it.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = new Option<FileInfo>("--config")
        {
            Description = "The configuration file.",
            HelpName = "FILE",
            Required = true,
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print one JSON document and nothing else, with mistakes too",
        };
        var command = new Command("check", "Check a configuration file: exit 0 if it is fine, 2 with every mistake")
        {
            config,
            json,
        };
        command.SetAction((parsed, _) => CheckAsync(
            parsed.GetRequiredValue(config).FullName,
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            new VisibleWriter(parsed.InvocationConfiguration.Error)));
        return command;
    }

    private static async Task<int> CheckAsync(string file, bool json, TextWriter output, TextWriter errors)
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
