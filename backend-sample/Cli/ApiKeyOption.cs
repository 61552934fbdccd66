using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>--api-key</c>: the secret of back ends.</summary>
internal static class ApiKeyOption
{
    public static Option<ApiKey?> Create() => new("--api-key")
    {
        Description = "Back ends publish and read by HTTP under /api with the secret in this file, of at least 32 "
            + "bytes. Without it, users read with their tokens; without tokens, everybody may do everything.",
        HelpName = "FILE",
        CustomParser = Parse,
    };

    private static ApiKey? Parse(ArgumentResult result)
    {
        var file = result.Tokens[0].Value;
        try
        {
            return ApiKey.Parse(File.ReadAllText(file));
        }
        catch (FormatException failure)
        {
            result.AddError($"--api-key: '{file}' has no secret: {failure.Message}.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            result.AddError($"--api-key: '{file}' cannot be read: {failure.Message}");
        }

        return null;
    }
}
