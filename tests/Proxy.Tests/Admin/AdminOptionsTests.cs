using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminOptionsTests
{
    private const string NotAnAddress = "expected http://ADDRESS:PORT or https://ADDRESS:PORT without a path, or "
        + "unix:/PATH (default http://127.0.0.1:9900)";

    private const string Exposed =
        "without Token, TokenFile, ViewToken or Tokens only a loopback address or a Unix socket may be listened on";

    private const string NoCertificate = "is missing: https needs Path, and KeyPath or Password";

    [Theory]
    [InlineData("http://127.0.0.1:9900", null, null)]
    [InlineData("http://localhost:9900", null, null)]
    [InlineData("http://[::1]:9900", null, null)]
    [InlineData("http://0.0.0.0:9900", null, Exposed)]
    [InlineData("http://0.0.0.0:9900", "", Exposed)]
    [InlineData("http://[::]:9900", null, Exposed)]
    [InlineData("http://lb.example:9900", null, Exposed)]
    [InlineData("http://0.0.0.0:9900", "secret", null)]
    [InlineData("https://127.0.0.1:9900", null, NoCertificate)]
    [InlineData("unix:/run/wsbalancer/admin.sock", null, null)]
    [InlineData("unix://run/wsbalancer/admin.sock", null, NotAnAddress)]
    [InlineData("ftp://127.0.0.1:9900", null, NotAnAddress)]
    [InlineData("http://127.0.0.1:9900/admin", "secret", NotAnAddress)]
    public void Url_WithoutAToken_MustBeLoopback(string url, string? token, string? mistake)
    {
        IValidatableObject options = new AdminOptions { Url = new Uri(url), Token = token };

        var result = options.Validate(new ValidationContext(options)).SingleOrDefault();

        Assert.Equal(mistake, result?.ErrorMessage);
    }

    [Theory]
    [InlineData(400L, 25)]
    [InlineData(1_024L, 64)]
    [InlineData(20_000L, 256)]
    [InlineData(null, 256)]
    [InlineData(1L, 1)]
    public void Most_IsASixteenthOfTheDescriptorsOrTheSetting(long? descriptors, int most) =>
        Assert.Equal(most, new AdminOptions().MostOf(descriptors));

    [Fact]
    public void Certificate_WithoutHttps_IsAMistake() => Assert.Equal(
        ["WsBalancer:Admin:Certificate: is set, but Url is 'http://127.0.0.1:9900': expected https"],
        MistakesIn(("Admin:Certificate:Path", "tls.pem")));

    [Fact]
    public void Tokens_AreRead()
    {
        var tokens = ReadSettings.Read(
            ("Admin:Tokens:0:Name", "ops"),
            ("Admin:Tokens:0:TokenFile", "/run/secrets/ops"),
            ("Admin:Tokens:0:Rights", "Operate"),
            ("Admin:Tokens:1:Name", "grafana"),
            ("Admin:Tokens:1:Token", "secret")).Admin.Tokens;

        Assert.Equal(
            [
                new AdminTokenOptions { Name = "ops", TokenFile = "/run/secrets/ops", Rights = AdminRight.Operate },
                new AdminTokenOptions { Name = "grafana", Token = "secret", Rights = AdminRight.View },
            ],
            tokens);
    }

    [Fact]
    public void Tokens_ThatAreTheSame_AreNoChange() => Assert.Equal(
        new AdminOptions { Tokens = [new AdminTokenOptions { Name = "a", Token = "b" }] },
        new AdminOptions { Tokens = [new AdminTokenOptions { Name = "a", Token = "b" }] });

    [Fact]
    public void Tokens_WithMistakes_AreNamedWithoutTheirTokens()
    {
        var mistakes = MistakesIn(
            ("Admin:Token", "hunter2"),
            ("Admin:TokenFile", "/run/secrets/token"),
            ("Admin:Tokens:0:Token", "hunter2"),
            ("Admin:Tokens:1:Name", "view"),
            ("Admin:Tokens:1:Token", "hunter2"),
            ("Admin:Tokens:2:Name", "ops"),
            ("Admin:Tokens:3:Name", "ops"),
            ("Admin:Tokens:3:Token", "hunter2"),
            ("Admin:Tokens:3:Rights", "all"));

        Assert.Equal(
            [
                "WsBalancer:Admin:TokenFile is '/run/secrets/token': expected either Token or TokenFile",
                "WsBalancer:Admin:Tokens:0:Name is missing: expected 1 to 64 letters, digits, '.', '_' and '-'",
                "WsBalancer:Admin:Tokens:1:Name is 'view': expected another name than admin, view, local, anonymous, "
                    + "which have a meaning of their own",
                "WsBalancer:Admin:Tokens:2:TokenFile: expected either Token or TokenFile",
                "WsBalancer:Admin:Tokens:3:Rights is 'all': expected one of view, operate (default view)",
            ],
            mistakes.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_ThatAreNoList_AreAMistakeWithoutTheirValue() => Assert.StartsWith(
        "WsBalancer:Admin:Tokens is wrong (its value is not shown): expected a list, each a section with the keys "
            + "Name, ",
        Assert.Single(MistakesIn(("Admin:Tokens", "hunter2"))),
        StringComparison.Ordinal);

    private static string[] MistakesIn(params (string Key, string Value)[] settings)
    {
        var errors = new List<SettingsError>();
        BalancerSettings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting =>
                    KeyValuePair.Create($"WsBalancer:{setting.Key}", (string?)setting.Value)))
                .Build(),
            errors);
        return [.. errors.Select(error => error.Message)];
    }
}
