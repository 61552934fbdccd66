using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>The tokens of the admin API.</summary>
internal sealed class AdminTokens
{
    /// <summary>The name of <c>Admin:Token</c>, or of the token in <c>Admin:TokenFile</c>.</summary>
    public const string Main = "admin";

    /// <summary>The name of <c>Admin:ViewToken</c>.</summary>
    public const string View = "view";

    private const string Section = "WsBalancer:Admin";

    private readonly Entry[] _entries;

    /// <param name="options">The configured tokens.</param>
    /// <param name="folder">The folder in which relative paths of token files begin.</param>
    /// <param name="time">The clock for the reads of token files.</param>
    /// <param name="logger">Receives the failures of later reads of token files.</param>
    public AdminTokens(AdminOptions options, string folder, TimeProvider time, ILogger logger) =>
        _entries = [.. EntriesOf(options, folder, time, logger)];

    /// <summary>Whether every call must present a token.</summary>
    public bool AreRequired => _entries.Length > 0;

    /// <summary>The errors of token files that cannot be read, and of tokens that occur twice.</summary>
    /// <param name="options">The configured tokens.</param>
    /// <param name="folder">The folder in which relative paths of token files begin.</param>
    public static IEnumerable<SettingsError> MistakesIn(AdminOptions options, string folder)
    {
        var known = new List<(string Key, string Token)>();
        foreach (var entry in EntriesOf(options, folder, TimeProvider.System, NullLogger.Instance))
        {
            var token = entry.Token;
            if (entry.Path is { } path && (token = TokenFile.TryRead(path, out var mistake)) is null)
            {
                yield return new SettingsError(
                    entry.Key, $"{entry.Key} is '{path}': the file {mistake}; expected a file with the token in it");
            }
            else if (known.Find(other => other.Token == token) is { Key: { } other })
            {
                yield return new SettingsError(
                    entry.Key, $"{entry.Key} has the token of {other}: expected another one (neither is shown)");
            }
            else if (token is not null)
            {
                known.Add((entry.Key, token));
            }
        }
    }

    /// <summary>The caller that presents a token; null if the token is unknown.</summary>
    public Caller? Find(string presented)
    {
        // All tokens are compared, as hashes of the same length, so that the time depends on none of them.
        Caller? found = null;
        var hash = HashOf(presented);
        foreach (var entry in _entries)
        {
            if ((entry.File?.Token ?? entry.Token) is { } token
                && CryptographicOperations.FixedTimeEquals(hash, HashOf(token)))
            {
                found = entry.Caller;
            }
        }

        return found;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static IEnumerable<Entry> EntriesOf(
        AdminOptions options, string folder, TimeProvider time, ILogger logger)
    {
        var tokens = options.Tokens.Select((token, i) =>
            (Key: $"{Section}:{nameof(AdminOptions.Tokens)}:{i}", token.Name, token.Token, token.TokenFile,
                token.Rights))
            .Prepend((Section, View, options.ViewToken, null, AdminRight.View))
            .Prepend((Section, Main, options.Token, options.TokenFile, AdminRight.Operate));
        foreach (var (section, name, token, file, rights) in tokens)
        {
            var caller = new Caller(name ?? "", rights);
            if (file is not null)
            {
                var path = Path.GetFullPath(file, folder);
                yield return new Entry(
                    $"{section}:{nameof(TokenFile)}", caller, null, path, new TokenFile(path, time, logger));
            }
            else if (!string.IsNullOrEmpty(token))
            {
                var key = name == View && section == Section ? nameof(options.ViewToken) : nameof(options.Token);
                yield return new Entry($"{section}:{key}", caller, token, null, null);
            }
        }
    }

    private sealed record Entry(string Key, Caller Caller, string? Token, string? Path, TokenFile? File);
}
