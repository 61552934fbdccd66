using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests;

/// <summary>Reads the settings of a test, and compares them with the expected ones.</summary>
internal static class ReadSettings
{
    // A setting that the test or the expected record omits still has its default, and fails.
    public static void AssertAll<T>(T expected, T read)
        where T : class, new()
    {
        var untouched = new T();
        Assert.All(
            typeof(T).GetProperties().Where(property => property.CanWrite),
            property =>
            {
                Assert.NotEqual(property.GetValue(untouched), property.GetValue(read));
                Assert.Equal(property.GetValue(expected), property.GetValue(read));
            });
    }

    public static ClusterSettings ReadCluster(params (string Key, string Value)[] settings) =>
        Read([.. settings.Select(setting => ($"Clusters:chat:{setting.Key}", setting.Value))]).Clusters["CHAT"];

    public static BalancerSettings Read(params (string Key, string Value)[] settings)
    {
        var errors = new List<SettingsError>();
        var read = BalancerSettings.Read(Of(settings), errors);
        Assert.Empty(errors);
        return read;
    }

    public static IConfigurationRoot Of((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting =>
            KeyValuePair.Create($"WsBalancer:{setting.Key}", (string?)setting.Value)))
        .Build();
}
