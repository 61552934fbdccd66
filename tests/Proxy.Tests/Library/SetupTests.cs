using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>How an application adds the library, and the error messages when a part is missing.</summary>
public sealed class SetupTests
{
    [Fact]
    public void Map_WithoutAdd_NamesTheCallThatIsMissing()
    {
        var failure = Assert.Throws<InvalidOperationException>(() =>
            BalancerApp.Build(ChatSettings.OfNodes("ws-1"), proxy: _ => { }));

        Assert.StartsWith(
            "The services of WsBalancer are missing: add them with AddWsBalancer(), after AddReverseProxy()",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_Twice_IsAddedOnce()
    {
        await using var app = BalancerApp.Build(
            ChatSettings.OfNodes("ws-1"), proxy: yarp => yarp.AddWsBalancer().AddWsBalancer());

        await app.StartAsync();

        Assert.Single(app.Get<IEnumerable<IHostedService>>(), service => service is AdminHost);
    }

    [Fact]
    public void Add_TwiceWithOtherSettings_IsRefused()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => BalancerApp.Build(
            ChatSettings.OfNodes("ws-1"),
            proxy: yarp => yarp.AddWsBalancer().AddWsBalancer(settings => settings["Admin:Url"] = "off")));

        Assert.StartsWith("AddWsBalancer was called before", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<ServiceDescriptor> Forwarders => new(
        ServiceDescriptor.Singleton<IHttpForwarder, OwnForwarder>(),
        ServiceDescriptor.Singleton<IHttpForwarder>(new OwnForwarder()),
        ServiceDescriptor.Singleton<IHttpForwarder>(_ => new OwnForwarder()));

    [Theory]
    [MemberData(nameof(Forwarders), DisableDiscoveryEnumeration = true)]
    public async Task ForwarderOfTheApplication_IsUsed_HoweverItIsRegistered(ServiceDescriptor forwarder)
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"), proxy: yarp =>
        {
            yarp.Services.Add(forwarder);
            yarp.Services.AddKeyedSingleton<IHttpForwarder>("other", (_, _) => throw new NotSupportedException());
            yarp.AddWsBalancer();
        });
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());

        var error = await app.Get<IHttpForwarder>().SendAsync(
            new DefaultHttpContext(), "http://ws-1.invalid/", client, new ForwarderRequestConfig());

        Assert.Equal(ForwarderError.ResponseBodyClient, error);
    }

    [Fact]
    public void TransformBuilderOfTheApplication_ThatIsRegisteredWithoutItsClass_IsRefused()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => BalancerApp.Build(
            ChatSettings.OfNodes("ws-1"), proxy: yarp =>
            {
                yarp.Services.AddSingleton<ITransformBuilder>(_ => throw new NotSupportedException());
                yarp.AddWsBalancer();
            }));

        Assert.Equal(
            "AddWsBalancer creates the application's ITransformBuilder with the transforms in another order, and it is "
            + "registered as a factory or an instance: register its class.",
            failure.Message);
    }

    [Fact]
    public void Mistake_IsShownWithoutFrames()
    {
        var failure = Assert.Throws<SettingsException>(() => BalancerApp.Build(
            ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "Health:Fall", "many")));

        Assert.StartsWith("The configuration has a mistake:\n  WsBalancer:", failure.Message, StringComparison.Ordinal);
        Assert.Equal($"{typeof(SettingsException)}: {failure.Message}", failure.ToString().TrimEnd());
    }

    [Fact]
    public async Task TwoApplications_WithoutAdminHostAndStateFile_RunSideBySide()
    {
        var settings = ChatSettings.OfNodes("ws-1").With("WsBalancer:Admin:Url", "off");
        await using var first = await BalancerApp.StartAsync(settings);
        await using var second = await BalancerApp.StartAsync(settings);

        Assert.Empty(first.Get<AdminHost>().Addresses);
        Assert.NotEqual(first.Url, second.Url);
        await first.StopAsync();
        await second.StopAsync();
    }

    [Fact]
    public async Task Section_OfAnyName_HasTheSettings()
    {
        var file = new ReloadableSettings(Renamed(ChatSettings.OfNodes("ws-1")));
        var section = ((IConfiguration)new ConfigurationBuilder().Add(file).Build()).GetSection("Edge:Sockets");
        await using var app = BalancerApp.Build(
            OfYarp(ChatSettings.OfNodes("ws-1")), proxy: yarp => yarp.AddWsBalancer(section));
        await app.StartAsync();
        Assert.Equal(3, app.Get<SettingsSource>().Current["chat"].Get<HealthOptions>().Fall);

        file.Replace(Renamed(ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "Health:Fall", "7")));
        Assert.Equal(7, app.Get<SettingsSource>().Current["chat"].Get<HealthOptions>().Fall);

        file.Replace(Renamed(ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "Health:Fall", "many")));
        await Deadline.Until("the mistake has its key", () => app.Logs.GetSnapshot().Any(line =>
            line.Message.StartsWith("Edge:Sockets:Clusters:chat:Health:Fall is 'many'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Section_WithAClusterThatYarpDoesNotHave_IsNamedWithItsKey()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Edge:Clusters:chta:UserKey", "query:user"), new("Edge:Admin:Url", "off")])
            .Build().GetSection("Edge");
        await using var app = BalancerApp.Build(
            OfYarp(ChatSettings.OfNodes("ws-1")),
            proxy: yarp => yarp.AddWsBalancer(section, settings => settings["State:Path"] = "off"));

        var failure = await Assert.ThrowsAsync<SettingsException>(app.StartAsync);

        Assert.StartsWith("Edge:Clusters:chta: YARP has no cluster", failure.Mistakes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsInCode_ReplaceThoseOfTheSection_AndStay()
    {
        var settings = ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "Health:Fall", "7");
        settings.Remove(ChatSettings.Ours + "UserKey");
        settings = settings.With(ChatSettings.Ours + "UserKey:0", "query:user");
        await using var app = BalancerApp.Build(settings, proxy: yarp => yarp.AddWsBalancer(code =>
        {
            code["admin:url"] = "off";
            code["Clusters:chat:UserKey"] = "claim:sub";
        }));
        await app.StartAsync();

        app.Apply(settings.With(ChatSettings.Ours + "Health:Fall", "8").With("WsBalancer:Admin:Url", "http://[::1]:1"));

        var read = app.Get<SettingsSource>().Settings;
        Assert.Null(read.Admin.Url);
        Assert.Equal(8, read.Clusters["chat"].Get<HealthOptions>().Fall);
        Assert.Equal(["claim:sub"], read.Clusters["chat"].Get<Proxy.Identity.IdentityOptions>().UserKey);
    }

    [Theory]
    [InlineData(null, 45)]
    [InlineData(10, 45)]
    [InlineData(300, 300)]
    public void ShutdownTimeout_IsRaisedAndNeverLowered(int? seconds, int expected)
    {
        var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"), services => services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = seconds is { } given ? TimeSpan.FromSeconds(given) : host.ShutdownTimeout));

        Assert.Equal(
            TimeSpan.FromSeconds(expected), app.Get<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private static Dictionary<string, string?> Renamed(Dictionary<string, string?> settings) => settings.ToDictionary(
        pair => pair.Key.Replace("WsBalancer:", "Edge:Sockets:", StringComparison.Ordinal), pair => pair.Value);

    private static Dictionary<string, string?> OfYarp(Dictionary<string, string?> settings) => settings
        .Where(pair => pair.Key.StartsWith("ReverseProxy:", StringComparison.Ordinal))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    private sealed class OwnForwarder : IHttpForwarder
    {
        public ValueTask<ForwarderError> SendAsync(
            HttpContext context,
            string destinationPrefix,
            HttpMessageInvoker httpClient,
            ForwarderRequestConfig requestConfig,
            HttpTransformer transformer) => new(ForwarderError.ResponseBodyClient);
    }
}
