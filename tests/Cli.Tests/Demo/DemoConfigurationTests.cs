using System.Text.Json.Nodes;
using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class DemoConfigurationTests
{
    [Fact]
    public void TheConfiguration_IsWhatAnOperatorWouldWrite()
    {
        var written = DemoConfiguration.Write([("ws-1", new Uri("http://127.0.0.1:5001"))]);

        var expected = JsonNode.Parse("""
            {
              "Urls": "http://127.0.0.1:0",
              "ReverseProxy": {
                "Routes": { "demo": { "ClusterId": "demo", "Match": { "Path": "/{**any}" } } },
                "Clusters": { "demo": { "Destinations": { "ws-1": { "Address": "http://127.0.0.1:5001/" } } } }
              },
              "WsBalancer": {
                "Admin": { "Url": "http://127.0.0.1:0" },
                "State": { "Path": "off" },
                "Shutdown": { "Timeout": "1s" },
                "Clusters": { "demo": { "UserKey": [ "query:user" ], "Health": { "Interval": "500ms" } } }
              }
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(written)), written);
    }
}
