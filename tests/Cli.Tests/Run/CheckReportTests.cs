using System.Text.Json;

namespace WsBalancer.Cli.Tests.Run;

/// <summary>The output of <c>wsbalancer check</c> for a file without a mistake.</summary>
public sealed class CheckReportTests : IDisposable
{
    private const string Json = """
        {
          "Urls": "http://127.0.0.1:8080",
          "Kestrel": { "Endpoints": { "a": { "Url": "http://127.0.0.1:8081" } } },
          "ReverseProxy": {
            "Routes": {
              "chat": { "ClusterId": "chat", "Match": { "Path": "/ws/{**any}", "Hosts": [ "chat.example" ] } },
              "web": { "ClusterId": "web", "Order": 7, "Match": { "Path": "/{**any}", "Methods": [ "GET" ] } }
            },
            "Clusters": {
              "chat": {
                "HealthCheck": { "Active": { "Path": "/healthz", "Interval": "2s" } },
                "Destinations": {
                  "ws-2": { "Address": "http://127.0.0.1:5001" },
                  "ws-1": { "Address": "http://127.0.0.1:5001/", "Metadata": { "Weight": "3" } }
                }
              },
              "idle": { "Destinations": { "i": { "Address": "http://127.0.0.1:5009/" } } },
              "web": { "Destinations": { "any": { "Address": "http://me:secret@127.0.0.1:80/" } } }
            }
          },
          "WsBalancer": {
            "Admin": { "Url": "http://127.0.0.1:9901", "Token": "secret" },
            "Clusters": {
              "chat": { "UserKey": "query:user" },
              "idle": { "UserKey": "query:user", "Ring": { "Algorithm": "nginx" }, "Health": { "Probe": "tcp" } }
            }
          }
        }
        """;

    private const string Same = "ReverseProxy:Clusters:chat:Destinations:ws-2:Address is 'http://127.0.0.1:5001', the "
        + "address of node 'ws-1', too: they are one process with the users of two nodes.";

    private readonly string _file = Path.GetTempFileName();

    public CheckReportTests() => File.WriteAllText(_file, Json);

    [Fact]
    public async Task Text_HasWhatIsListenedOn_NodesAndRoutes()
    {
        var run = await CommandRun.OfAsync("check", "--config", _file);

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            [
                $"{_file} is fine.",
                "  listens on  http://127.0.0.1:8081",
                "  admin API   http://127.0.0.1:9901",
                "  cluster     chat, ring rendezvous, 2 nodes",
                "    ws-1  http://127.0.0.1:5001/  weight 3",
                "    ws-2  http://127.0.0.1:5001/  weight 1",
                "  cluster     idle, ring nginx, 1 node",
                "    i  http://127.0.0.1:5009/  weight 1",
                "  cluster     web, balanced by YARP, 1 node",
                "    any  http://127.0.0.1/",
                "  route       chat: /ws/{**any} of chat.example to chat",
                "  route       web: /{**any} GET to web",
                "Note: Urls is ignored, since there are addresses under Kestrel:Endpoints.",
                $"Note: {Same}",
                "Note: No route has the cluster 'idle': no request reaches its nodes.",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Document_HasTheSame()
    {
        var run = await CommandRun.OfAsync("check", "--config", _file, "--json");

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("secret", run.Output, StringComparison.Ordinal);
        var document = JsonElement.Parse(run.Output);
        Assert.True(document.GetProperty("valid").GetBoolean());
        Assert.Equal("http://127.0.0.1:9901", document.GetProperty("admin").GetString());
        Assert.Equal(
            "http://127.0.0.1:8081", Assert.Single(document.GetProperty("listen").EnumerateArray()).GetString());
        Assert.Empty(document.GetProperty("mistakes").EnumerateArray());
        Assert.Equal(
            ["Urls", "ReverseProxy:Clusters:chat:Destinations:ws-2:Address", "ReverseProxy:Clusters:idle"],
            document.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("key").GetString()));
        var chat = document.GetProperty("clusters")[0];
        Assert.Equal("rendezvous", chat.GetProperty("ring").GetString());
        Assert.Equal(3, chat.GetProperty("nodes")[0].GetProperty("weight").GetInt32());
        Assert.Equal("/ws/{**any}", document.GetProperty("routes")[0].GetProperty("path").GetString());
    }

    public void Dispose() => File.Delete(_file);
}
