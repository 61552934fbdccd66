using System.Buffers;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The address of a request to a node, with a target that is sent unchanged: neither the platform's client nor the
/// balancer's own escapes, unescapes or shortens any part of the target.
/// </summary>
internal sealed class TargetUri : Uri
{
    /// <summary>The target of a request about the node as a whole (RFC 9112 §3.2.4).</summary>
    public const string Asterisk = "*";

    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // The characters of RFC 3986 §3.3, and '%', with which escaped characters begin.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "/%:@!$&'()*+,;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private TargetUri(string text, string target)
        : base(text, Verbatim) => Target = target;

    /// <summary>The target as it is sent; all characters are ASCII.</summary>
    public string Target { get; }

    /// <summary>Creates the address of a request.</summary>
    /// <param name="node">The address of the node. The path in it, if any, is the prefix of each target.</param>
    /// <param name="path">Empty, or a path that begins with a slash. Sent unchanged.</param>
    /// <param name="query">Empty, or a query that begins with a question mark. Sent unchanged.</param>
    public static TargetUri Create(string node, ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        var authorityEnd = AuthorityEndOf(node);
        var prefix = PathOf(node, authorityEnd);
        var target = prefix.IsEmpty && path.IsEmpty ? $"/{query}" : string.Concat(prefix, path, query);
        return new TargetUri(string.Concat(node.AsSpan(0, authorityEnd), target), target);
    }

    /// <summary>Creates the address of a request about the node as a whole.</summary>
    /// <remarks>A URI has no such form: only <see cref="Target"/> is <c>*</c>, and the path of the URI is <c>/</c>.
    /// </remarks>
    public static TargetUri CreateAsterisk(string node) =>
        new($"{node.AsSpan(0, AuthorityEndOf(node))}/", Asterisk);

    /// <summary>The address of a request, a <see cref="TargetUri"/> or any other.</summary>
    /// <exception cref="HttpRequestException">A transform has removed the address.</exception>
    public static Uri Of(HttpRequestMessage request) =>
        request.RequestUri ?? throw new HttpRequestException("The request has no address.");

    private static int AuthorityEndOf(string node)
    {
        var start = node.IndexOf("://", StringComparison.Ordinal) + 3;
        var length = node.AsSpan(start).IndexOfAny("/?#");
        return length < 0 ? node.Length : start + length;
    }

    // Only the configured prefix is escaped where necessary, never the path of a client.
    private static ReadOnlySpan<char> PathOf(string node, int authorityEnd)
    {
        var path = node.AsSpan(authorityEnd);
        if (path.ContainsAnyExcept(PathCharacters) || path.Contains("/.", StringComparison.Ordinal))
        {
            path = new Uri(node).AbsolutePath;
        }

        return path is [.. var before, '/'] ? before : path;
    }
}
