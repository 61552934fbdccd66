using System.CommandLine;
using Microsoft.Extensions.Configuration;
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
        var command = new Command("check", "Check a configuration file: exit 0 if it is fine, 2 with every mistake")
        {
            config,
        };
        command.SetAction((parsed, _) => CheckAsync(
            parsed.GetRequiredValue(config).FullName,
            new VisibleWriter(parsed.InvocationConfiguration.Output),
            new VisibleWriter(parsed.InvocationConfiguration.Error)));
        return command;
    }

    private static async Task<int> CheckAsync(string file, TextWriter output, TextWriter errors)
    {
        IReadOnlyList<string> notes;
        try
        {
            using var configuration = await AppliedConfiguration.FromFileAsync(file);
            notes = ConfigurationNotes.Find(new ConfigurationBuilder().Add(configuration).Build());
        }
        catch (SettingsException ex)
        {
            await MistakeList.WriteAsync(errors, ex.Mistakes);
            return ExitCode.Usage;
        }

        await output.WriteLineAsync($"{file} is fine.");
        foreach (var note in notes)
        {
            await output.WriteLineAsync($"Note: {note}");
        }

        return ExitCode.Done;
    }
}
