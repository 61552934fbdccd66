using System.Reflection;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>The version of the product, with the commit that it was built from.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
