using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>Reads a configuration file, with the environment laid over it.</summary>
internal static class ConfigurationFile
{
    /// <summary>The file of a program that is started without one.</summary>
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
            // A key that is there twice; a document that is a list or a value.
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

    // The parser counts from 0, and in bytes.
    private static string PlaceOf(JsonException ex) => string.Create(
        CultureInfo.InvariantCulture, $"line {ex.LineNumber + 1}, byte {ex.BytePositionInLine + 1}");

    private static string ReasonOf(JsonException ex) =>
        ex.Message.Split(" LineNumber: ", StringSplitOptions.None)[0];

    private static SettingsException Mistake(string message, Exception? cause = null) =>
        new([new SettingsError("", message)], cause);
}
