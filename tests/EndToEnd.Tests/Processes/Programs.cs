using System.Reflection;

namespace WsBalancer.EndToEnd.Tests.Processes;

/// <summary>The paths of the programs and files that the build provides for these tests.</summary>
internal static class Programs
{
    public static string Balancer => Find("wsbalancer");

    public static string Node => Find("ws-node");

    public static string LoadTest => Find("wsload");

    /// <summary>The folder with the clients in other languages.</summary>
    public static string Interop => Find("Interop");

    private static string Find(string name)
    {
        var path = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == name).Value ?? "";

        Assert.True(Path.Exists(path), $"{path} is missing: build WsBalancer.sln in the configuration of the tests.");
        return path;
    }
}
