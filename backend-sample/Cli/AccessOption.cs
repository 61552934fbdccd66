using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Cli;

/// <summary>The options of who may connect, and how much a client may send.</summary>
internal static class AccessOption
{
    private static readonly AccessOptions Normally = new();

    private static readonly Option<TokenKeys?> Key = KeyFileOption.Create(
        "--jwt-key", "Clients need a JSON Web Token that was signed by the key in this file: a PEM public key, a JSON "
        + "Web Key Set, or a secret of at least 32 bytes. Without it, or --jwt-authority, every client connects as any "
        + "user: for development only.", "key", TokenKeys.Parse);

    private static readonly Option<Uri?> Authority = new("--jwt-authority")
    {
        Description = "The same, with the keys that this OpenID Connect provider publishes.",
        HelpName = "URL",
        CustomParser = ParseAuthority,
    };

    private static readonly Option<string?> Audience = new("--jwt-audience")
    {
        Description = "The audience that a token must name. Without it, any.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Issuer = new("--jwt-issuer")
    {
        Description = "The issuer that a token must name. Without it, that of --jwt-authority, or any.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Rooms = new("--jwt-rooms")
    {
        Description = "The claim with the rooms that a user may join: names, or beginnings with '*', in an array or "
            + "with spaces between them. Without it, every user may join every room.",
        HelpName = "CLAIM",
    };

    private static readonly Option<TimeSpan?> Grace = DurationOption.Create(
        "--jwt-grace", "How long a client may take to send a new token when its token has expired, before it is closed "
        + "with 4001.", Normally.TokenGrace, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    private static readonly Option<ApiKey?> Api = KeyFileOption.Create(
        "--api-key", "Back ends publish and read by HTTP under /api with the secret in this file, of at least 32 "
        + "bytes. Without it, users read with their tokens; without tokens, everybody may do everything.", "secret",
        ApiKey.Parse);

    private static readonly Option<string[]?> Origins = new("--origin")
    {
        Description = "A web page that may connect, such as https://app.example.com or https://*.example.com. Repeat "
            + "it for several. Without it, all may.",
        HelpName = "ORIGIN",
        CustomParser = ParseOrigins,
    };

    private static readonly Option<int?> Rate = NumberOption.Create(
        "--max-rate", "The messages a second of one client; further ones are refused, and a client that continues is "
        + "closed with 4029.", Normally.ConnectionRate);

    private static readonly Option<int?> UserRate = NumberOption.Create(
        "--max-user-rate", "The messages a second of all clients of one user, on this node.", Normally.UserRate);

    /// <summary>Adds the options to <c>serve</c>.</summary>
    public static void AddTo(Command serve)
    {
        foreach (var option in new Option[]
            { Key, Authority, Audience, Issuer, Rooms, Grace, Api, Origins, Rate, UserRate })
        {
            serve.Options.Add(option);
        }

        serve.Validators.Add(Check);
    }

    public static AccessOptions Bind(ParseResult parsed) => new()
    {
        Tokens = parsed.GetResult(Key) is null && parsed.GetResult(Authority) is null
            ? null
            : new TokenOptions
            {
                Keys = parsed.GetValue(Key),
                Authority = parsed.GetValue(Authority),
                Audience = parsed.GetValue(Audience),
                Issuer = parsed.GetValue(Issuer),
                RoomsClaim = parsed.GetValue(Rooms),
            },
        TokenGrace = parsed.GetValue(Grace) ?? Normally.TokenGrace,
        ApiKey = parsed.GetValue(Api),
        Origins = parsed.GetResult(Origins) is null ? Normally.Origins : parsed.GetValue(Origins) ?? [],
        ConnectionRate = parsed.GetValue(Rate) ?? Normally.ConnectionRate,
        UserRate = parsed.GetValue(UserRate) ?? Normally.UserRate,
    };

    private static void Check(CommandResult result)
    {
        var hasKey = result.GetResult(Key) is not null;
        var hasAuthority = result.GetResult(Authority) is not null;
        if (hasKey && hasAuthority)
        {
            result.AddError("--jwt-key and --jwt-authority: leave out one of them.");
        }
        else if (!hasKey && !hasAuthority)
        {
            var alone = new Option[] { Audience, Issuer, Rooms, Grace }
                .FirstOrDefault(option => result.GetResult(option) is not null);
            if (alone is not null)
            {
                result.AddError($"{alone.Name} requires --jwt-key FILE or --jwt-authority URL.");
            }
        }
    }

    private static Uri? ParseAuthority(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            return uri;
        }

        result.AddError($"--jwt-authority: '{text}' is not an address such as https://id.example.com; http is allowed "
            + "for this machine only.");
        return null;
    }

    private static string[]? ParseOrigins(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(token => !OriginRule.IsOrigin(token.Value)))
        {
            result.AddError($"--origin: '{token.Value}' is not an origin such as https://app.example.com or "
                + "https://*.example.com.");
        }

        return [.. result.Tokens.Select(token => token.Value)];
    }
}
