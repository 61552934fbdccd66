using System.CommandLine;
using System.CommandLine.Parsing;

namespace WsBalancer.BackendSample.Cli;

/// <summary>Options with a file that contains a key.</summary>
internal static class KeyFileOption
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="description">The description.</param>
    /// <param name="kind">The kind of key, for the message about a file without one.</param>
    /// <param name="parse">Reads the key from the text of the file, or fails with a FormatException.</param>
    public static Option<T?> Create<T>(string name, string description, string kind, Func<string, T> parse)
        where T : class => new(name)
        {
            Description = description,
            HelpName = "FILE",
            CustomParser = result => Read(name, kind, parse, result),
        };

    private static T? Read<T>(string name, string kind, Func<string, T> parse, ArgumentResult result)
        where T : class
    {
        var file = result.Tokens[0].Value;
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An empty path is an ArgumentException.
            result.AddError($"{name}: '{file}' cannot be read: {failure.Message}");
            return null;
        }

        try
        {
            return parse(text);
        }
        catch (FormatException failure)
        {
            result.AddError($"{name}: '{file}' has no {kind}: {failure.Message}.");
            return null;
        }
    }
}
