using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class DeviceTypesTests
{
    private readonly DeviceTypes _types = new();

    [Theory]
    [InlineData("ios", "ios")]
    [InlineData("smart-tv_2", "smart-tv_2")]
    [InlineData("iOS", "other")]
    [InlineData("a b", "other")]
    [InlineData("töaster", "other")]
    [InlineData("other", "other")]
    public void Find_OfAnyName_ReturnsTheName_OrOther(string device, string type) =>
        Assert.Equal(type, _types.Find(device));

    [Fact]
    public void Find_OfOneTypeTooMany_ReturnsOther_AndKeepsTheKnownOnes()
    {
        for (var number = 0; number < DeviceTypes.MaxTypes; number++)
        {
            Assert.Equal($"type-{number}", _types.Find($"type-{number}"));
        }

        Assert.Equal("other", _types.Find("one-more"));
        Assert.Equal("type-7", _types.Find("type-7"));
    }
}
