using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A real SignalR server, whose hub returns the name of its node.</summary>
internal sealed class SignalRNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SignalRNode(string name, WebApplication app) => (Name, _app) = (name, app);

    public string Name { get; }

    public string Address => $"{_app.Urls.First()}/";

    public static async Task<SignalRNode> Start(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton(new NodeName(name));
        var app = builder.Build();
        app.MapHub<NodeHub>("/hub");
        await app.StartAsync();
        return new SignalRNode(name, app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed record NodeName(string Name);

    private sealed class NodeHub(NodeName name) : Hub
    {
        public string Node() => name.Name;
    }
}
