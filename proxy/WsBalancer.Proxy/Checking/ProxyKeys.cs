using System.Reflection;
using System.Security.Authentication;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>
/// The keys under <c>ReverseProxy</c>: the properties of YARP's configuration records. YARP's reader ignores any other
/// key.
/// </summary>
internal static class ProxyKeys
{
    // YARP's reader sets these to the name of the section.
    private static readonly string[] NamedBySection =
    [
        $"{nameof(RouteConfig)}.{nameof(RouteConfig.RouteId)}",
        $"{nameof(ClusterConfig)}.{nameof(ClusterConfig.ClusterId)}",
    ];

    // Each of these needs a middleware and services of an application, without which every request of the route fails.
    private static readonly string[] NotServed =
    [
        nameof(RouteConfig.RateLimiterPolicy), nameof(RouteConfig.OutputCachePolicy), nameof(RouteConfig.TimeoutPolicy),
        nameof(RouteConfig.Timeout), nameof(RouteConfig.CorsPolicy),
    ];

    private static readonly ValueShape Never = new(
        "none, since wsbalancer has no such middleware", static _ => false);

    private static readonly ValueShape Anonymous = new(
        "none or Anonymous, since wsbalancer authorizes nobody",
        static text => text.Equals("Anonymous", StringComparison.OrdinalIgnoreCase));

    /// <summary>The shape of the section.</summary>
    /// <param name="nodeMetadata">The names in the metadata of a destination that the balancer reads.</param>
    public static KeyShape Shape(params string[] nodeMetadata) => new SectionShape(
    [
        ("Routes", SectionShape.OfNames(Of(typeof(RouteConfig), nodeMetadata))),
        ("Clusters", SectionShape.OfNames(Of(typeof(ClusterConfig), nodeMetadata))),
    ]);

    private static SectionShape Of(Type record, string[] nodeMetadata) => new(
        from property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true } && !NamedBySection.Contains($"{record.Name}.{property.Name}")
        select (property.Name, OfProperty(record, property, nodeMetadata)));

    private static KeyShape OfProperty(Type record, PropertyInfo property, string[] nodeMetadata)
    {
        if (record == typeof(RouteConfig))
        {
            if (NotServed.Contains(property.Name))
            {
                return Never;
            }

            if (property.Name == nameof(RouteConfig.AuthorizationPolicy))
            {
                return Anonymous;
            }
        }

        if (property.Name == nameof(DestinationConfig.Metadata))
        {
            return record == typeof(DestinationConfig) ? new FreeShape(nodeMetadata) : new FreeShape();
        }

        return OfType(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, nodeMetadata);
    }

    private static KeyShape OfType(Type type, string[] nodeMetadata)
    {
        // YARP's reader reads these flags from a list.
        if (type == typeof(SslProtocols))
        {
            return new ListShape(Scalar.Of(type));
        }

        if (Scalar.Find(type) is { } scalar)
        {
            return scalar;
        }

        var arguments = type.GetGenericArguments();
        return arguments switch
        {
            [var item] => new ListShape(OfType(item, nodeMetadata)),
            [_, var value] when value == typeof(string) => new FreeShape(),
            [_, var value] => SectionShape.OfNames(OfType(value, nodeMetadata)),
            _ => Of(type, nodeMetadata),
        };
    }
}
