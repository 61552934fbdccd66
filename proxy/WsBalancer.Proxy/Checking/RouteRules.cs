using Microsoft.AspNetCore.Routing.Patterns;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>Finds routes that are valid on their own but conflict with each other.</summary>
internal static class RouteRules
{
    // The path that YARP uses for a route without one.
    private const string AnyPath = "/{**catchall}";

    /// <param name="routes">The routes.</param>
    /// <param name="path">The key of the section of routes.</param>
    public static IEnumerable<SettingsError> MistakesIn(IReadOnlyList<RouteConfig> routes, string path) =>
        routes.Count == 0
            ? [new SettingsError(
                path,
                $"{path} is empty: expected at least one route, without which every request is answered with 404.")]
            : EqualRoutesIn(routes, path);

    private static IEnumerable<SettingsError> EqualRoutesIn(IReadOnlyList<RouteConfig> routes, string path) =>
        from same in routes.GroupBy(route => (route.Order ?? 0, PathOf(route.Match.Path)))
        where same.Key.Item2 is not null
        let sorted = same.OrderBy(route => route.RouteId, StringComparer.OrdinalIgnoreCase).ToArray()
        from route in sorted.Index()
        let other = sorted.Take(route.Index).FirstOrDefault(other => Meet(other.Match, route.Item.Match))
        where other is not null
        select new SettingsError(
            $"{path}:{route.Item.RouteId}",
            $"{path}:{route.Item.RouteId} matches the same requests as {path}:{other.RouteId}: expected another Match "
            + "or Order, since requests that match both are answered with 500.");

    // Routing prefers the route with more of these conditions; between two routes with equally many it cannot choose.
    private static bool Meet(RouteMatch one, RouteMatch other) =>
        HaveInCommon(one.Hosts, other.Hosts)
        && HaveInCommon(one.Methods, other.Methods)
        && (one.Headers ?? []).ToHashSet().SetEquals(other.Headers ?? [])
        && (one.QueryParameters ?? []).ToHashSet().SetEquals(other.QueryParameters ?? []);

    private static bool HaveInCommon(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is { Count: > 0 } && other is { Count: > 0 }
            ? one.Intersect(other, StringComparer.OrdinalIgnoreCase).Any()
            : one is null or { Count: 0 } && other is null or { Count: 0 };

    // The names of parameters have no effect on what a path matches. Null if the path is wrong, which YARP reports.
    private static string? PathOf(string? path)
    {
        try
        {
            return string.Join('/', RoutePatternFactory.Parse(string.IsNullOrEmpty(path) ? AnyPath : path).PathSegments
                .Select(segment => string.Concat(segment.Parts.Select(TextOf)).ToUpperInvariant()));
        }
        catch (RoutePatternException)
        {
            return null;
        }
    }

    private static string TextOf(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => string.Concat(
            parameter.IsCatchAll ? "{**" : "{",
            string.Concat(parameter.ParameterPolicies.Select(policy => $":{policy.Content}")),
            "}"),
        _ => throw new NotSupportedException($"{part.GetType()} is not a part of a path."),
    };
}
