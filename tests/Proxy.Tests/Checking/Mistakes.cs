using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Tests.Checking;

/// <summary>The sentences of the mistakes in a whole configuration.</summary>
internal static class Mistakes
{
    public static async Task<IReadOnlyList<string>> InAsync(Dictionary<string, string?> settings)
    {
        var read = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Path.GetTempPath());
        return [.. read.Mistakes.Select(mistake => mistake.Message)];
    }
}
