using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using WsBalancer.Proxy.Placement.Http;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Detects paths for which a node may choose another route than YARP did. A node receives the path as the client sent
/// it, and decodes and normalizes it in its own way; a client must not be able to bypass the policy of a route with
/// such a path.
/// </summary>
/// <remarks>
/// A path with dot segments, encoded slashes, backslashes, empty segments or needless escapes is compared with the
/// paths of all routes in each of its spellings. If two of these match different routes, the path is ambiguous.
/// </remarks>
internal sealed class RouteGuard(Lazy<IProxyStateLookup> proxy, ParameterPolicyFactory policies) : IConfigChangeListener
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("%\\");

    private RoutePath[]? _routes;

    /// <summary>Whether the routes that a request may belong to depend on how its path is read.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path of the request as the client sent it.</param>
    public bool IsAmbiguous(HttpContext context, ReadOnlySpan<char> path) =>
        HasMarks(path) && IsAmbiguous(context, SpellingsOf(context.Request, path));

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The routes are unchanged.
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // The routes change when the configuration is applied.
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) =>
        Volatile.Write(ref _routes, null);

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => Volatile.Write(ref _routes, null);

    private static bool HasMarks(ReadOnlySpan<char> path)
    {
        var mark = path.IndexOfAny(Marks);
        return path.Contains("/.", StringComparison.Ordinal)
            || path.Contains("//", StringComparison.Ordinal)
            || (mark >= 0 && HasEncodedMark(path[mark..]));
    }

    private static bool HasEncodedMark(ReadOnlySpan<char> path) =>
        path.Contains('\\')
        || path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
        || path.Contains("%5c", StringComparison.OrdinalIgnoreCase)
        || HasNeedlessEscape(path);

    // Unreserved characters need no escape (RFC 3986 §2.3): a node that does not decode them has another path.
    private static bool HasNeedlessEscape(ReadOnlySpan<char> path)
    {
        for (var start = path.IndexOf('%'); start >= 0 && start + 2 < path.Length;)
        {
            if (byte.TryParse(path.Slice(start + 1, 2), NumberStyles.AllowHexSpecifier, null, out var value)
                && (char.IsAsciiLetterOrDigit((char)value)
                    || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~'))
            {
                return true;
            }

            path = path[(start + 1)..];
            start = path.IndexOf('%');
        }

        return false;
    }

    // The path as YARP matched it, as the client sent it, and as nodes may read it, with and without merging slashes.
    private static PathString?[] SpellingsOf(HttpRequest request, ReadOnlySpan<char> path)
    {
        var decoded = PathText.DecodeAll(path);
        return
        [
            request.Path,
            After(request.PathBase, path.ToString()),
            After(request.PathBase, PathText.WithoutDotSegments(path.ToString())),
            After(request.PathBase, PathText.WithoutDotSegments(decoded)),
            After(request.PathBase, PathText.WithoutDotSegments(PathText.WithSingleSlashes(decoded))),
        ];
    }

    // A path outside the base matches no route of this application.
    private static PathString? After(PathString pathBase, string path) =>
        new PathString(path.Length == 0 ? "/" : path).StartsWithSegments(pathBase, out var rest) ? rest : null;

    private bool IsAmbiguous(HttpContext context, PathString?[] spellings) => Array.Exists(
        Routes(),
        route =>
        {
            var isMatch = route.IsMatch(context, spellings[0]);
            return Array.Exists(spellings, spelling => route.IsMatch(context, spelling) != isMatch);
        });

    private RoutePath[] Routes()
    {
        if (Volatile.Read(ref _routes) is { } known)
        {
            return known;
        }

        RoutePath[] routes = [.. proxy.Value.GetRoutes().Select(route => new RoutePath(route, policies))];
        Volatile.Write(ref _routes, routes);
        return routes;
    }

    private sealed class RoutePath
    {
        // Replaces an empty segment, which the template matcher never matches; in YARP's routing a catch-all parameter
        // matches it, and no other parameter does.
        private const string EmptySegment = "\0";

        private readonly TemplateMatcher? _matcher;
        private readonly string[] _filled = [];
        private readonly (string Name, IRouteConstraint Constraint)[] _constraints = [];

        public RoutePath(RouteModel route, ParameterPolicyFactory policies)
        {
            // A route without a path matches every path.
            if (route.Config.Match.Path is not { Length: > 0 } path)
            {
                return;
            }

            var pattern = RoutePatternFactory.Parse(path);
            _matcher = new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults));
            _filled =
            [
                .. from parameter in pattern.Parameters
                   where !parameter.IsCatchAll
                   select parameter.Name,
            ];
            _constraints =
            [
                .. from parameter in pattern.Parameters
                   from reference in parameter.ParameterPolicies
                   let constraint = policies.Create(parameter, reference) as IRouteConstraint
                   where constraint is not null
                   select (parameter.Name, constraint),
            ];
        }

        public bool IsMatch(HttpContext context, PathString? path)
        {
            if (_matcher is null)
            {
                return true;
            }

            var values = new RouteValueDictionary();
            return path is { Value: { } text }
                && _matcher.TryMatch(new PathString(WithoutEmptySegments(text)), values)
                && Array.TrueForAll(_filled, name => values[name] is not EmptySegment)
                && Array.TrueForAll(_constraints, constraint => constraint.Constraint.Match(
                    context, route: null, constraint.Name, values, RouteDirection.IncomingRequest));
        }

        private static string WithoutEmptySegments(string path)
        {
            while (path.Contains("//", StringComparison.Ordinal))
            {
                path = path.Replace("//", $"/{EmptySegment}/", StringComparison.Ordinal);
            }

            return path;
        }
    }
}
