using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>Users that the application identifies, by a claim or in code.</summary>
public sealed class UserNameTests
{
    [Fact]
    public async Task Claim_OfTheAuthenticatedUser_PlacesTheRequest()
    {
        await using var app = new NamedUsers(ChatSettings.Ours + "UserKey", "claim:sub");
        app.User = () => Identity("test", ("role", "x"), ("sub", "alice"), ("sub", "bob"));

        Assert.Equal("alice", await app.UserOfTunnelAsync("?user=mallory"));
    }

    [Fact]
    public async Task Claim_WithAColonInItsName_IsFound()
    {
        await using var app = new NamedUsers(ChatSettings.Ours + "UserKey", $"claim:{ClaimTypes.NameIdentifier}");
        app.User = () => Identity("test", (ClaimTypes.NameIdentifier, "alice"));

        Assert.Equal("alice", await app.UserOfTunnelAsync(""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("test")]
    public async Task Claim_UnauthenticatedOrAbsent_IsMissing(string? authenticated)
    {
        await using var app = new NamedUsers(ChatSettings.Ours + "UserKey", "claim:sub");
        app.User = () => Identity(authenticated, (authenticated is null ? "sub" : "other", "alice"));

        using var response = await app.HandshakeAsync("?sub=alice");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Application_ThatNamesUsers_NeedsNoUserKey()
    {
        await using var app = new NamedUsers(proxy: yarp => yarp.AddWsBalancer().UseUserKey(
            context => context.Request.Query["key"].FirstOrDefault() is { } key ? $"of-{key}" : null));

        Assert.Equal("of-1", await app.UserOfTunnelAsync("?key=1"));
        using var response = await app.HandshakeAsync("?user=alice");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Application_ThatNamesAUser_IsNotOverruledByTheClient()
    {
        await using var app = new NamedUsers(
            ChatSettings.Ours + "UserKey",
            "header:X-User-Id",
            yarp => yarp.UseUserKey(context => context.Request.Query["key"]).AddWsBalancer());

        Assert.Equal("alice", await app.UserOfTunnelAsync("?key=alice", "mallory"));
        Assert.Equal("bob", await app.UserOfTunnelAsync("", "bob"));
    }

    [Fact]
    public async Task Application_WithASourceOfItsOwn_IsCalledOncePerRequest()
    {
        var source = new CountingSource();
        await using var app = new NamedUsers(proxy: yarp =>
        {
            yarp.AddWsBalancer();
            yarp.Services.AddSingleton<IUserKeySource>(source);
        });

        Assert.Equal("counted", await app.UserOfTunnelAsync(""));
        Assert.Equal(1, source.Calls);
    }

    [Fact]
    public async Task Application_ThatNamesAUserTooLong_IsRejected()
    {
        await using var app = new NamedUsers(proxy: yarp =>
            yarp.AddWsBalancer().UseUserKey(_ => new string('é', 513)));

        using var response = await app.HandshakeAsync("");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public void UserKey_MissingWithoutAnApplicationThatNamesUsers_IsAMistake()
    {
        var settings = ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "OnMissingUserKey", "Spread");
        settings.Remove(ChatSettings.Ours + "UserKey");

        var failure = Assert.Throws<SettingsException>(() => BalancerApp.Build(settings));

        Assert.Equal(["WsBalancer:Clusters:chat:UserKey is missing: expected a list, each a text"], failure.Mistakes);
    }

    private static ClaimsPrincipal Identity(string? authenticated, params (string Type, string Value)[] claims) => new(
        new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), authenticated));

    private sealed class CountingSource : IUserKeySource
    {
        public int Calls { get; private set; }

        public string? FindUser(HttpContext context)
        {
            Calls++;
            return "counted";
        }
    }

    /// <summary>A started application that sets the user of each request.</summary>
    private sealed class NamedUsers : IAsyncDisposable
    {
        private readonly TestNode _node = new("ws-1");
        private readonly BalancerApp _app;
        private bool _started;

        public NamedUsers(string? key = null, string? value = null, Action<IReverseProxyBuilder>? proxy = null)
        {
            var settings = ChatSettings.Of(("ws-1", _node.Address));
            settings.Remove(ChatSettings.Ours + "UserKey");
            _app = BalancerApp.Build(
                key is null ? settings.With(ChatSettings.Ours + "FollowLive", "false") : settings.With(key, value),
                map: app =>
                {
                    app.Use((context, next) =>
                    {
                        context.User = User?.Invoke() ?? context.User;
                        return next(context);
                    });
                    app.MapWsBalancer();
                },
                proxy: proxy);
        }

        public Func<ClaimsPrincipal>? User { get; set; }

        public async Task<HttpResponseMessage> HandshakeAsync(string query, string? header = null)
        {
            if (!_started)
            {
                await _app.StartAsync();
                _started = true;
            }

            return await _app.HandshakeAsync($"/{query}", header is null ? [] : [$"X-User-Id: {header}"]);
        }

        public async Task<string?> UserOfTunnelAsync(string query, string? header = null)
        {
            using var response = await HandshakeAsync(query, header);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
            var user = (await _app.TheTunnelAsync()).Identity.User;
            response.Dispose();
            await Deadline.Until("the tunnel has ended", () => _app.Tunnels.Count == 0);
            return user;
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            await _node.DisposeAsync();
        }
    }
}
