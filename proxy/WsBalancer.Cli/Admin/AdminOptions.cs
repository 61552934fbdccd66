using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Admin;

/// <summary>The options of every operator's command.</summary>
internal static class AdminOptions
{
    private const string AddressVariable = "WSBALANCER_ADMIN";
    private const string TokenVariable = "WSBALANCER_TOKEN";
    private const string DefaultAddress = "http://127.0.0.1:9900";

    private static readonly Dictionary<string, OutputForm> Forms = new(StringComparer.Ordinal)
    {
        ["json"] = OutputForm.Json,
        ["yaml"] = OutputForm.Yaml,
        ["wide"] = OutputForm.Wide,
        ["name"] = OutputForm.Names,
    };

    private static readonly Option<string?> Address = new("--admin")
    {
        Description = "The balancer's admin address, http://…, https://… or unix:/PATH "
            + $"[default: {AddressVariable}, or {DefaultAddress}]",
        HelpName = "URL",
    };

    private static readonly Option<string?> Token = new("--token")
    {
        Description = "The admin token, if the balancer wants one; everybody on this machine sees it in ps "
            + $"[default: {TokenVariable}]",
        HelpName = "TOKEN",
    };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "A file with the admin token, which does not appear in ps",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Authorities = new("--ca")
    {
        Description = "A PEM file with the authorities that an https address may have its certificate from, instead of "
            + "those of the system",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "The cluster; needed only if there are several",
        HelpName = "CLUSTER",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the balancer's answer as one JSON document and nothing else: --output json",
    };

    private static readonly Option<string?> Output = CreateOutput();

    /// <summary>The options, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } =
        [Address, Token, TokenFile, Authorities, Cluster, Json, Output];

    public static void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(static result =>
        {
            if (result.GetResult(Json) is { Implicit: false } && result.GetResult(Output) is { Implicit: false })
            {
                result.AddError("--json and --output exclude each other.");
            }
        });
    }

    /// <summary>The form of the output; <see cref="OutputForm.Lines"/> if the options have a mistake.</summary>
    public static OutputForm FormOf(SymbolResult result)
    {
        // By its name: 'check' and 'ring compare' have an option --json of their own.
        if (result.GetResult(Json.Name) is OptionResult { Implicit: false } json && !json.Errors.Any()
            && json.GetValueOrDefault<bool>())
        {
            return OutputForm.Json;
        }

        return result.GetResult(Output) is { Implicit: false, Tokens: [var form] }
            ? Forms.GetValueOrDefault(form.Value, OutputForm.Lines)
            : OutputForm.Lines;
    }

    /// <exception cref="CommandFailure">The address is no URL of a balancer, or a token or a file cannot be used.
    /// </exception>
    public static AdminSettings Read(ParseResult parsed)
    {
        var address = Parse(parsed.GetValue(Address) ?? FromEnvironment(AddressVariable) ?? DefaultAddress);
        return new AdminSettings(
            address,
            TokenOf(parsed),
            parsed.GetValue(Cluster),
            FormOf(parsed.CommandResult))
        {
            Authorities = parsed.GetValue(Authorities) is { } file ? AuthorityFile.Read(file, address) : null,
            Caller = CallerHeader.Of(parsed),
        };
    }

    private static Option<string?> CreateOutput()
    {
        var option = new Option<string?>("--output", "-o")
        {
            Description = "json or yaml: one document and nothing else; wide: tables with all their columns, whatever "
                + "the terminal's width; name: only the ids of what is listed, one a line",
            HelpName = "FORM",
        };
        option.AcceptOnlyFromAmong([.. Forms.Keys]);
        return option;
    }

    private static Uri Parse(string text)
    {
        if (text.StartsWith($"{AdminSettings.UnixScheme}:/", StringComparison.Ordinal)
            && Uri.TryCreate(text, UriKind.Absolute, out var socket))
        {
            return socket;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"'{text}' is not an address of a balancer: --admin and {AddressVariable} take a URL such as "
                + $"{DefaultAddress}, or unix:/PATH.");
        }

        // A relative address replaces everything after the last slash of its base (RFC 3986).
        return address.AbsolutePath.EndsWith('/') ? address : new Uri($"{address.AbsoluteUri}/");
    }

    private static string? TokenOf(ParseResult parsed)
    {
        var (token, file) = (parsed.GetValue(Token), parsed.GetValue(TokenFile));
        if (token is not null && file is not null)
        {
            throw new CommandFailure(ExitCode.Usage, "--token and --token-file exclude each other.");
        }

        return file is null ? TokenIn(token ?? FromEnvironment(TokenVariable)) : TokenIn(ReadFile(file))
            ?? throw new CommandFailure(ExitCode.Usage, $"The token file {file} is empty.");
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailure(ExitCode.Usage, $"The token file {path} cannot be read: {cause.Message}", cause);
        }
    }

    // A token from a file may end with a line end, which is removed. The token is a secret: no message shows it.
    private static string? TokenIn(string? text) => text?.Trim() switch
    {
        null or "" => null,
        { } token when token.All(letter => letter is >= ' ' and <= '~') => token,
        _ => throw new CommandFailure(
            ExitCode.Usage,
            "The token has characters that no header can carry: --token, --token-file and "
            + $"{TokenVariable} take printable ASCII in one line."),
    };

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
