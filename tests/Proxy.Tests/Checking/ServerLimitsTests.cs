using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Checking;

public sealed class ServerLimitsTests
{
    [Fact]
    public void Defaults_TakeHeadsAsLongAsThePeersDo_AndNoRate()
    {
        var limits = Apply().Limits;

        Assert.Equal(
            (32 * 1024, 128 * 1024, 256),
            (limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount));
        Assert.Null(limits.MinRequestBodyDataRate);
        Assert.Null(limits.MinResponseDataRate);
        Assert.Null(limits.MaxRequestBodySize);
    }

    [Fact]
    public void Values_AreSet()
    {
        var options = Apply(
            ("AddServerHeader", "true"),
            ("AllowHostHeaderOverride", "true"),
            ("Limits:MaxRequestLineSize", "16KB"),
            ("Limits:MaxRequestBodySize", "5000000000"),
            ("Limits:MaxConcurrentConnections", "7"),
            ("Limits:KeepAliveTimeout", "90s"),
            ("Limits:MinRequestBodyDataRate:BytesPerSecond", "240"),
            ("Limits:MinRequestBodyDataRate:GracePeriod", "5s"),
            ("Limits:MaxResponseBufferSize", "off"),
            ("Limits:Http2:MaxStreamsPerConnection", "11"),
            ("Limits:Http3:MaxRequestHeaderFieldSize", "4KB"));

        var limits = options.Limits;
        Assert.True(options.AddServerHeader);
        Assert.True(options.AllowHostHeaderOverride);
        Assert.Equal(
            (16 * 1024, 5_000_000_000, 7, 90),
            (limits.MaxRequestLineSize, limits.MaxRequestBodySize, limits.MaxConcurrentConnections,
                limits.KeepAliveTimeout.TotalSeconds));
        Assert.Equal(
            (240, 5),
            (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod.Seconds));
        Assert.Null(limits.MaxResponseBufferSize);
        Assert.Equal((11, 4 * 1024), (limits.Http2.MaxStreamsPerConnection, limits.Http3.MaxRequestHeaderFieldSize));
    }

    private static KestrelServerOptions Apply(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.ToDictionary(setting => $"Kestrel:{setting.Key}", setting => (string?)setting.Value))
            .Build();
        var options = ServerDefaults.Create();
        var errors = new List<SettingsError>();

        new ServerLimits(errors).Apply(configuration.GetSection("Kestrel"), options);

        Assert.Empty(errors);
        return options;
    }
}
