using System.CommandLine;

namespace WsBalancer.Cli.Admin;

/// <summary>The options that every operator's command takes.</summary>
internal static class AdminOptions
{
    private const string AddressVariable = "WSBALANCER_ADMIN";
    private const string TokenVariable = "WSBALANCER_TOKEN";
    private const string DefaultAddress = "http://127.0.0.1:9900";

    private static readonly Option<string?> Address = new("--admin")
    {
        Description = $"The balancer's admin address [default: {AddressVariable}, or {DefaultAddress}]",
        HelpName = "URL",
    };

    private static readonly Option<string?> Token = new("--token")
    {
        Description = $"The admin token, if the balancer wants one [default: {TokenVariable}]",
        HelpName = "TOKEN",
    };

    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "The cluster; needed only if there are several",
        HelpName = "CLUSTER",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the balancer's answer as one JSON document and nothing else",
    };

    public static void AddTo(Command command)
    {
        command.Add(Address);
        command.Add(Token);
        command.Add(Cluster);
        command.Add(Json);
    }

    /// <exception cref="CommandFailure">The address is no http or https URL, or the token cannot be sent.</exception>
    public static AdminSettings Read(ParseResult parsed) => new(
        Parse(parsed.GetValue(Address) ?? FromEnvironment(AddressVariable) ?? DefaultAddress),
        TokenOf(parsed.GetValue(Token) ?? FromEnvironment(TokenVariable)),
        parsed.GetValue(Cluster),
        parsed.GetValue(Json));

    private static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"'{text}' is not an address of a balancer: --admin and {AddressVariable} take a URL such as "
                + $"{DefaultAddress}.");
        }

        // Relative addresses resolve below the last slash.
        return address.AbsolutePath.EndsWith('/') ? address : new Uri($"{address.AbsoluteUri}/");
    }

    // Whatever read it from a file may have left the end of the line in it. It is a secret: no message shows it.
    private static string? TokenOf(string? text) => text?.Trim() switch
    {
        null or "" => null,
        { } token when token.All(letter => letter is >= ' ' and <= '~') => token,
        _ => throw new CommandFailure(
            ExitCode.Usage,
            $"The token has characters that no header can carry: --token and {TokenVariable} take printable ASCII."),
    };

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
