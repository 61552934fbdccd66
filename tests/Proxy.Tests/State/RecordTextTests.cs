using System.Text.Json;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class RecordTextTests
{
    // U+202E changes the direction of writing; U+E0001 has two units in UTF-16.
    [Theory]
    [InlineData("a\nb", @"a\u000ab")]
    [InlineData("a\u202eb", @"a\u202eb")]
    [InlineData("a\U000e0001b", @"a\udb40\udc01b")]
    public void CharacterThatIsNotPrintable_IsAJsonEscape(string text, string expected)
    {
        Assert.Equal(expected, RecordText.Of(text));
        Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{expected}\""));
    }

    [Fact]
    public void PrintableText_IsUnchanged() => Assert.Equal("Zoë 👍", RecordText.Of("Zoë 👍"));

    [Fact]
    public void HalfASurrogatePair_IsReplaced() => Assert.Equal("\ufffdx", RecordText.Of("\ud800x"));

    [Fact]
    public void LongText_IsCut() => Assert.Equal(new string('x', 500) + "…", RecordText.Of(new string('x', 501)));
}
