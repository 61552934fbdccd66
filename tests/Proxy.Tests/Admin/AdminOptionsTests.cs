using System.ComponentModel.DataAnnotations;
using WsBalancer.Proxy.Admin;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminOptionsTests
{
    private const string NotAnAddress = "expected http://ADDRESS:PORT without a path (default http://127.0.0.1:9900)";
    private const string Exposed = "without Token only a loopback address may be listened on";

    [Theory]
    [InlineData("http://127.0.0.1:9900", null, null)]
    [InlineData("http://localhost:9900", null, null)]
    [InlineData("http://[::1]:9900", null, null)]
    [InlineData("http://0.0.0.0:9900", null, Exposed)]
    [InlineData("http://0.0.0.0:9900", "", Exposed)]
    [InlineData("http://[::]:9900", null, Exposed)]
    [InlineData("http://lb.example:9900", null, Exposed)]
    [InlineData("http://0.0.0.0:9900", "secret", null)]
    [InlineData("https://127.0.0.1:9900", null, NotAnAddress)]
    [InlineData("http://127.0.0.1:9900/admin", "secret", NotAnAddress)]
    public void Url_OnlyLoopbackDoesWithoutAToken(string url, string? token, string? mistake)
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
}
