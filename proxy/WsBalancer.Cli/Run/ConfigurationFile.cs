using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Cli.Run;

/// <summary>Reads a configuration file, with the environment applied over it.</summary>
internal static class ConfigurationFile
{
    /// <summary>The file that is used if the command line names none.</summary>
    public const string Standard = "/etc/wsbalancer/wsbalancer.json";

    private const string Expected = "expected a configuration file in JSON, as config/wsbalancer.json";

    /// <exception cref="SettingsException">There is no such file, or it is not JSON.</exception>
    public static IConfigurationRoot Read(string path)
    {
        using var content = new MemoryStream(ReadBytes(path));
        try
        {
            return new ConfigurationBuilder()
                .AddJsonStream(content)
                .AddEnvironmentVariables(EnvironmentSettings.Prefix)
                .Build();
        }
        catch (JsonException ex)
        {
            throw Mistake($"{path}, {PlaceOf(ex)}: {ReasonOf(ex)} Expected JSON; comments are allowed.", ex);
        }
        catch (FormatException ex)
        {
            // A key is duplicated, or the document is an array or a scalar.
            throw Mistake($"{path}: {ex.Message}", ex);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw Mistake($"{path} is a directory: {Expected}.");
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Mistake($"{path} does not exist: {Expected}.", ex);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw Mistake($"{path} cannot be read: {ex.Message}", ex);
        }
    }

    // The parser counts lines and columns from 0; a column is a byte, not a character.
    private static string PlaceOf(JsonException ex) => string.Create(
        CultureInfo.InvariantCulture, $"line {ex.LineNumber + 1}, byte {ex.BytePositionInLine + 1}");

    private static string ReasonOf(JsonException ex) =>
        ex.Message.Split(" LineNumber: ", StringSplitOptions.None)[0];

    private static SettingsException Mistake(string message, Exception? cause = null) =>
        new([new SettingsError("", message)], cause);
}
