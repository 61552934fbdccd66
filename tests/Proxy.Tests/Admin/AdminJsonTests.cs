using System.Text.Json;
using System.Text.Json.Serialization;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>The contract, as a command line of another version reads and writes it.</summary>
public sealed class AdminJsonTests
{
    public static TheoryData<string> Names => [.. Types.Select(type => type.ToString())];

    private static IEnumerable<Type> Types => typeof(AdminJson).GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
        .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!);

    [Theory]
    [MemberData(nameof(Names))]
    public void Answer_WithoutItsMembersAndWithAnother_IsRead(string name)
    {
        var type = Types.Single(one => one.ToString() == name);
        var json = type.IsArray ? """[{"other": "new"}]""" : """{"other": "new"}""";

        Assert.NotNull(JsonSerializer.Deserialize(json, type, AdminJson.Default));
    }

    [Theory]
    [InlineData("{}", false, null)]
    [InlineData("""{"deadlineSeconds":null}""", true, null)]
    [InlineData("""{"deadlineSeconds":90}""", true, 90.0)]
    public void DrainBody_DistinguishesNoDeadlineFromAMissingOne(string json, bool isGiven, double? seconds)
    {
        var body = JsonSerializer.Deserialize(json, AdminJson.Default.DrainBody)!;

        Assert.Equal((isGiven, seconds), (body.ToRequest().Deadline.IsGiven, body.ToRequest().Deadline.Seconds));
        Assert.Equal(json, body.ToJson());
    }

    [Fact]
    public void DrainStatus_IsReadAsItWasWritten()
    {
        var status = new DrainStatus(NodeState.Drained, ["node"], 3, 0, 3, 1, 0.5, 2, 60, 1012);
        var view = DrainStatusView.From("chat", new DrainResult("ws-1", status, 7, true));

        var read = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(view, AdminJson.Default.DrainStatusView), AdminJson.Default.DrainStatusView)!;

        Assert.Equal(view, read with { Sources = view.Sources });
        Assert.Equal(view.Sources, read.Sources);
    }
}
