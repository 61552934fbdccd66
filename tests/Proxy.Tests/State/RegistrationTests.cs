using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class RegistrationTests
{
    [Theory]
    [InlineData("""{"address":"http://10.0.0.1:5000","weight":3,"state":"draining"}""", 3, true)]
    [InlineData("""{"address":"http://10.0.0.1:5000","weight":0,"state":"active"}""", 0, false)]
    [InlineData("""{"address":"http://10.0.0.1:5000","more":[1]}""", 1, false)]
    public void ValidRegistration_IsANode(string json, int weight, bool isDraining) => Assert.Equal(
        new NamedNode("chat", "ws-1", "http://10.0.0.1:5000", weight, isDraining),
        Registration.Read("chat", "ws-1", json, out _));

    [Theory]
    [InlineData("ws-1", "{", "JSON")]
    [InlineData("ws-1", "null", "null")]
    [InlineData("ws-1", "{}", "address")]
    [InlineData("ws 1", """{"address":"http://10.0.0.1"}""", "its id is")]
    [InlineData("", """{"address":"http://10.0.0.1"}""", "its id is")]
    [InlineData("ws-1", """{"address":"10.0.0.1:5000"}""", "its address is")]
    [InlineData("ws-1", """{"address":"ftp://10.0.0.1"}""", "its address is")]
    [InlineData("ws-1", """{"address":"http://u@10.0.0.1"}""", "its address is")]
    [InlineData("ws-1", """{"address":"http://10.0.0.1/?q"}""", "its address is")]
    [InlineData("ws-1", """{"address":null}""", "address")]
    [InlineData("ws-1", """{"address":"http://10.0.0.1","weight":-1}""", "its weight is")]
    [InlineData("ws-1", """{"address":"http://10.0.0.1","weight":65536}""", "its weight is")]
    [InlineData("ws-1", """{"address":"http://10.0.0.1","weight":1.5}""", "weight")]
    [InlineData("ws-1", """{"address":"http://10.0.0.1","state":"asleep"}""", "its state is")]
    public void InvalidRegistration_HasItsMistake(string id, string json, string mistake)
    {
        Assert.Null(Registration.Read("chat", id, json, out var found));

        Assert.Contains(mistake, found, StringComparison.OrdinalIgnoreCase);
    }
}
