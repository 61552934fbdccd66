using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>
/// Refuses unknown and repeated query parameters. If a misspelt <c>drain=true</c> were ignored, tunnels would stay open
/// that the caller believes closed.
/// </summary>
internal static class QueryNames
{
    public static EndpointFilterDelegate Check(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var known = endpoint.MethodInfo.GetParameters()
            .Where(parameter => parameter.IsDefined(typeof(FromQueryAttribute)))
            .Select(parameter => parameter.Name!)
            .ToArray();
        return context =>
        {
            RefuseOthers(context.HttpContext.Request.Query, known);
            return next(context);
        };
    }

    private static void RefuseOthers(IQueryCollection query, string[] known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new BadHttpRequestException(
                    $"There is no query parameter '{name}' here; known: "
                    + $"{(known.Length == 0 ? "none" : string.Join(", ", known))}.");
            }

            if (values.Count > 1)
            {
                throw new BadHttpRequestException($"'{name}' is there {values.Count} times: expected once.");
            }
        }
    }
}
