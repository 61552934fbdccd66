using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminTokenTests : IDisposable
{
    private const string Drain = "clusters/chat/nodes/ws-1/drain";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-tokens-");

    private string OpsFile => Path.Combine(_folder.FullName, "ops");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("t0ken-main", 200, 202)]
    [InlineData("t0ken-look", 200, 403)]
    [InlineData("t0ken-in-file", 200, 202)]
    [InlineData("t0ken-grafana", 200, 403)]
    [InlineData("other", 401, 401)]
    [InlineData(null, 401, 401)]
    public async Task Token_IsGoodForTheCallsOfItsRight(string? token, int look, int change)
    {
        await using var app = await StartAsync();
        string[] headers = token is null ? [] : [$"Authorization: Bearer {token}"];

        Assert.Equal(look, (await app.CallAsync("GET", "clusters", null, headers)).Status);
        Assert.Equal(look, (await app.CallAsync("POST", "clusters/chat/plan", "{}", headers)).Status);
        Assert.Equal(change, (await app.CallAsync("POST", Drain, null, headers)).Status);
        Assert.Equal(change == 202, app.Node("ws-1").OperatorDrain is not null);
    }

    [Theory]
    [InlineData("POST", "reload")]
    [InlineData("DELETE", "tunnels/00")]
    [InlineData("DELETE", "clusters/chat/tunnels?user=alice")]
    [InlineData("DELETE", "clusters/chat/nodes/ws-1")]
    [InlineData("PATCH", "clusters/chat/rebalance")]
    public async Task Change_WithATokenThatMayView_IsAProblemWithTheMissingRight(string method, string target)
    {
        await using var app = await StartAsync();

        var answer = await app.CallAsync(method, target, null, "Authorization: Bearer t0ken-grafana");

        answer.IsProblem(
            403, "The token 'metrics' has the right view, and this call needs the right operate: nothing was done.");
        Assert.Equal("operate", answer["missingRight"].GetString());
    }

    [Fact]
    public async Task TokenFile_ThatChanges_IsInForceAfterASecond()
    {
        await using var app = await StartAsync();
        await File.WriteAllTextAsync(OpsFile, "renewed\n", TestContext.Current.CancellationToken);

        app.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(401, (await CallAsync(app, "t0ken-in-file")).Status);
        Assert.Equal(200, (await CallAsync(app, "renewed")).Status);
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData(" \n", "is empty")]
    [InlineData("two\nlines", "has more than one line of printable ASCII")]
    public async Task TokenFile_ThatBecomesUnreadable_LeavesItsTokenInForce_AndIsLoggedOnce(
        string? content, string mistake)
    {
        await using var app = await StartAsync();
        Assert.Equal(200, (await CallAsync(app, "t0ken-in-file")).Status);
        File.Delete(OpsFile);
        if (content is not null)
        {
            await File.WriteAllTextAsync(OpsFile, content, TestContext.Current.CancellationToken);
        }

        for (var second = 0; second < 3; second++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(200, (await CallAsync(app, "t0ken-in-file")).Status);
        }

        var line = Assert.Single(app.Logs.GetSnapshot(), line => line.Id.Id == 670);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"'{OpsFile}' {mistake}: its last token", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_AreInNoAnswerNoMetricAndNoLogLine()
    {
        await using var app = await StartAsync();
        var texts = new List<string>();
        foreach (var token in new[] { "t0ken-main", "t0ken-look", "t0ken-in-file", "t0ken-grafana", "t0ken-stranger" })
        {
            (string, string)[] calls = [("GET", "status"), ("POST", Drain), ("GET", "events?follow=false")];
            foreach (var (method, target) in calls)
            {
                using var answer = await app.SendAsync(
                    $"/api/v1/{target}", new HttpMethod(method), $"Authorization: Bearer {token}");
                texts.Add(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
        }

        using var metrics = await app.SendAsync("/metrics");
        texts.Add(await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        texts.AddRange(app.Logs.GetSnapshot().Select(line => line.Message));

        Assert.DoesNotContain(texts, text => text.Contains("t0ken-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("", "is empty")]
    [InlineData("folder", "is a directory")]
    public async Task TokenFile_WithoutAToken_IsRefusedAtTheStartAndByTheCheck(string? content, string mistake)
    {
        var path = Path.Combine(_folder.FullName, "token");
        if (content == "folder")
        {
            Directory.CreateDirectory(path);
        }
        else if (content is not null)
        {
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        }

        var settings = ChatSettings.OfNodes("ws-1").With("WsBalancer:Admin:TokenFile", path);
        var expected =
            $"WsBalancer:Admin:TokenFile is '{path}': the file {mistake}; expected a file with the token in it";

        await using var app = BalancerApp.Build(settings);
        var refused = await Assert.ThrowsAsync<SettingsException>(app.StartAsync);
        Assert.Equal([expected], refused.Mistakes);
        var check = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), _folder.FullName);
        Assert.Equal([expected], check.Mistakes.Select(error => error.Message));
    }

    [Fact]
    public async Task Token_ThatTwoNamesHave_IsRefused()
    {
        var check = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder()
                .AddInMemoryCollection(ChatSettings.OfNodes("ws-1")
                    .With("WsBalancer:Admin:Token", "hunter2")
                    .With("WsBalancer:Admin:ViewToken", "hunter2"))
                .Build(),
            _folder.FullName);

        Assert.Equal(
            "WsBalancer:Admin:ViewToken has the token of WsBalancer:Admin:Token: expected another one (neither is "
                + "shown)",
            Assert.Single(check.Mistakes).Message);
    }

    private static Task<AdminAnswer> CallAsync(BalancerApp app, string token) =>
        app.CallAsync("GET", "clusters", null, $"Authorization: Bearer {token}");

    private async Task<BalancerApp> StartAsync()
    {
        await File.WriteAllTextAsync(OpsFile, " t0ken-in-file\n", TestContext.Current.CancellationToken);
        var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2")
            .With("WsBalancer:Admin:Token", "t0ken-main")
            .With("WsBalancer:Admin:ViewToken", "t0ken-look")
            .With("WsBalancer:Admin:Tokens:0:Name", "ops")
            .With("WsBalancer:Admin:Tokens:0:TokenFile", OpsFile)
            .With("WsBalancer:Admin:Tokens:0:Rights", "operate")
            .With("WsBalancer:Admin:Tokens:1:Name", "metrics")
            .With("WsBalancer:Admin:Tokens:1:Token", "t0ken-grafana"));
        await app.StartAsync();
        return app;
    }
}
