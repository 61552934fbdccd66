using System.Text;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>
/// A token in a file, which is read again when a call needs it, at most once a second. While the file cannot be read,
/// its last token remains valid. Thread-safe.
/// </summary>
internal sealed class TokenFile(string path, TimeProvider time, ILogger logger)
{
    /// <summary>The maximum size of a file, in bytes. Tokens of identity providers have up to a few thousand.</summary>
    public const int MaxBytes = 8 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private string? _token;
    private string? _mistake;
    private long _readAt;

    /// <summary>The token; null if none was ever read.</summary>
    public string? Token
    {
        get
        {
            lock (_reading)
            {
                if (_token is null || time.GetElapsedTime(_readAt) >= Interval)
                {
                    _readAt = time.GetTimestamp();
                    Take(TryRead(path, out var mistake), mistake);
                }

                return _token;
            }
        }
    }

    /// <summary>Reads the token in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mistake">Why the file has no token, as a clause that follows its path; null if it has one.</param>
    public static string? TryRead(string path, out string? mistake)
    {
        var buffer = new byte[MaxBytes + 1];
        int length;
        try
        {
            // Without this check the reason for a directory would be "access denied".
            if (Directory.Exists(path))
            {
                mistake = "is a directory";
                return null;
            }

            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            length = RandomAccess.Read(file, buffer, 0);
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException)
        {
            mistake = "does not exist";
            return null;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            mistake = "cannot be read";
            return null;
        }

        var token = Encoding.UTF8.GetString(buffer.AsSpan(0, length)).Trim();
        mistake = length > MaxBytes ? $"is larger than {MaxBytes} bytes"
            : token.Length == 0 ? "is empty"
            : !IsToken(token) ? "has more than one line of printable ASCII"
            : null;
        return mistake is null ? token : null;
    }

    /// <summary>Whether a header can carry the text.</summary>
    public static bool IsToken(string text) => text.All(static letter => letter is >= ' ' and <= '~');

    private void Take(string? token, string? mistake)
    {
        if (mistake is not null && mistake != _mistake)
        {
            AdminLog.TokenNotRead(logger, path, mistake);
        }
        else if (token is not null && _token is not null && token != _token)
        {
            AdminLog.TokenRead(logger, path);
        }

        (_token, _mistake) = (token ?? _token, mistake);
    }
}
