using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Settings;

public sealed class SettingsReaderTests
{
    private readonly List<SettingsError> _errors = [];

    [Fact]
    public void Read_OfNothing_GivesTheDefaults()
    {
        var settings = Read();

        Assert.Empty(_errors);
        Assert.Equivalent(new SampleSettings(), settings);
    }

    [Fact]
    public void Read_OfEverySetting_ReadsIt()
    {
        var settings = Read(
            ("Name", "game"), ("RatePerSecond", "1000000"), ("Bytes", "6000000000"), ("Jitter", "0.25"),
            ("FollowLive", "TRUE"), ("Mode", "spread"), ("Deadline", "1h"), ("KeepAlive", "00:00:30"), ("Limit", "10"),
            ("Buffer", "128KB"), ("Addresses:0", "10.1.2.3"), ("Addresses:1", "FD00::1"),
            ("Url", "http://127.0.0.1:9900"), ("Keys:0", "a:b"), ("Keys:1", "c:d"), ("Words:0", "x"),
            ("Section:Token", "secret-token"), ("OtherSection:Size", "-3"));

        Assert.Empty(_errors);
        Assert.Equivalent(
            new SampleSettings
            {
                Name = "game",
                RatePerSecond = 1_000_000,
                Bytes = 6_000_000_000,
                Jitter = 0.25,
                FollowLive = true,
                Mode = SampleMode.Spread,
                Deadline = TimeSpan.FromHours(1),
                KeepAlive = TimeSpan.FromSeconds(30),
                Limit = 10,
                Url = new Uri("http://127.0.0.1:9900"),
                Keys = ["a:b", "c:d"],
                Words = ["x"],
                Buffer = 131_072,
                Section = new SampleSection { Token = "secret-token" },
                OtherSection = new SampleSection { Size = -3 },
            },
            settings with { Addresses = [] },
            strict: true);

        // Some properties of an address throw, so that addresses are compared separately.
        Assert.Equal([IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fd00::1")], settings.Addresses);
    }

    [Theory]
    [InlineData("0.25", 0.25)]
    [InlineData("25%", 0.25)]
    [InlineData("0.5%", 0.005)]
    public void ANumber_MayBeAPercentage(string text, double expected) =>
        Assert.Equal(expected, Read(("Jitter", text)).Jitter, 1e-12);

    [Theory]
    [InlineData("Name", "Chat", "is 'Chat': expected lower-case letters (default chat)")]
    [InlineData("RatePerSecond", "0", "is '0': expected a whole number from 1 to 1000000 (default 100)")]
    [InlineData("RatePerSecond", "1000001", "is '1000001': expected a whole number from 1 to 1000000 (default 100)")]
    [InlineData("RatePerSecond", "1.0", "is '1.0': expected a whole number from 1 to 1000000 (default 100)")]
    [InlineData("RatePerSecond", "", "is '': expected a whole number from 1 to 1000000 (default 100)")]
    [InlineData("RatePerSecond", "off", "is 'off': expected a whole number from 1 to 1000000 (default 100)")]
    [InlineData("Bytes", "-1", "is '-1': expected a whole number of at least 0 (default 5000000000)")]
    [InlineData("Jitter", "0", "is '0': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("Jitter", "1.01", "is '1.01': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("Jitter", "NaN", "is 'NaN': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("Jitter", "0,1", "is '0,1': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("Jitter", "101%", "is '101%': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("Jitter", "%", "is '%': expected a number above 0 to 1 (default 0.1)")]
    [InlineData("FollowLive", "yes", "is 'yes': expected true or false (default false)")]
    [InlineData("Mode", "1", "is '1': expected one of Reject, Spread, in_turn (default Reject)")]
    [InlineData("Mode", "Reject,Spread",
        "is 'Reject,Spread': expected one of Reject, Spread, in_turn (default Reject)")]
    [InlineData("Mode", "InTurn", "is 'InTurn': expected one of Reject, Spread, in_turn (default Reject)")]
    [InlineData("Buffer", "1025KB",
        "is '1025KB': expected a size such as 65536, 256KB or 1MB from 1KB to 1MB (default 64KB)")]
    [InlineData("Addresses", "10.1", "is '10.1': expected a list, each an address such as 10.1.2.3 or fd00::1")]
    [InlineData("Addresses:0", "[::1]:80",
        "is '[::1]:80': expected a list, each an address such as 10.1.2.3 or fd00::1")]
    [InlineData("Addresses:0", "localhost",
        "is 'localhost': expected a list, each an address such as 10.1.2.3 or fd00::1")]
    [InlineData("Deadline", "999ms",
        "is '999ms': expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10 from 1s to 1h (default 10m)")]
    [InlineData("KeepAlive", "61m",
        "is '61m': expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10 from 1s to 1h, or off (default 1m)")]
    [InlineData("Limit", "11", "is '11': expected a whole number from 1 to 10, or off (default off)")]
    [InlineData("Url", "/admin", "is '/admin': expected an absolute URL such as http://127.0.0.1:8080")]
    [InlineData("Keys", "a:B", "is 'a:B': expected a list, each a text matching ^[a-z]:[a-z]+$")]
    [InlineData("Keys:1", "a:B", "is 'a:B': expected a list, each a text matching ^[a-z]:[a-z]+$")]
    [InlineData("Words:first", "x", "is not an item of a list: expected a list, each a text")]
    [InlineData("Words:0:0", "x", "is not an item of a list: expected a list, each a text", "Words:0")]
    [InlineData("Deadline:Seconds", "5",
        "is a section: expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10 from 1s to 1h (default 10m)",
        "Deadline")]
    [InlineData("Rate", "5", "is not a known key: expected one of ", "Rate", true)]
    [InlineData("Deadlin", "5", "is not a known key: did you mean Deadline?")]
    [InlineData("Section:token ", "5", "is not a known key: did you mean Token?")]
    [InlineData("Section:Speed", "5", "is not a known key: expected one of Token, Size")]
    public void Read_OfAMistake_NamesKeyValueAndWhatWasExpected(
        string key, string value, string message, string? reported = null, bool isStart = false)
    {
        var settings = Read((key, value));

        var error = Assert.Single(_errors);
        var expected = $"Root:C:{reported ?? key} {message}";
        Assert.Equal($"Root:C:{reported ?? key}", error.Key);
        Assert.Equal(expected, isStart ? error.Message[..expected.Length] : error.Message);
        Assert.Equivalent(new SampleSettings(), settings);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("None")]
    public void Read_OfOff_SwitchesOffWhatMayBeOff(string text)
    {
        var settings = Read(("KeepAlive", text), ("Limit", text));

        Assert.Empty(_errors);
        Assert.Null(settings.KeepAlive);
        Assert.Null(settings.Limit);
    }

    [Fact]
    public void Read_OfSeveralMistakes_ReportsEachOnce()
    {
        Read(("RatePerSecond", "no"), ("Section:Size", "no"), ("Keys:0", "no"), ("Keys:1", "No"), ("Unknown", "1"),
            ("KeepAlive", "90m"), ("Deadline", "20m"));

        Assert.Equal(
            ["C:KeepAlive", "C:Keys:0", "C:Keys:1", "C:RatePerSecond", "C:Section:Size", "C:Unknown"],
            _errors.Select(error => error.Key["Root:".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_OfASingleText_IsAListOfOne() =>
        Assert.Equal(["a:b"], Read(("Keys", "a:b")).Keys);

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("fd00:0::1", "fd00::1")]
    public void AnAddress_IsReadAsTheOneItIs(string text, string expected) =>
        Assert.Equal([IPAddress.Parse(expected)], Read(("Addresses", text)).Addresses);

    [Fact]
    public void AName_OfTwoWords_IsReadAsItIsWritten() =>
        Assert.Equal(SampleMode.InTurn, Read(("Mode", "IN_TURN")).Mode);

    [Fact]
    public void Read_OfATextOverAList_IsRefused()
    {
        Read(("Words", "x"), ("Words:0", "y"));

        Assert.Equal("Root:C:Words is both a text and a list: expected a list, each a text", _errors.Single().Message);
    }

    [Theory]
    [InlineData("Section:Token", "short")]
    [InlineData("Section:Token", "password")]
    [InlineData("Section", "password")]
    public void Read_OfAWrongSecret_DoesNotShowIt(string key, string secret)
    {
        Read((key, secret));

        var error = Assert.Single(_errors);
        Assert.StartsWith($"Root:C:{key}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("initial-token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfATextForASection_IsRefused()
    {
        var configuration = Configuration(("Inner", "x"), ("Id", "1"), ("UserKey", "2"));

        new SettingsReader(_errors).Read<SampleRequirements>(configuration.GetSection("Root:C"));

        Assert.Equal("Root:C:Inner is 'x': expected a section with the keys Path", _errors.First().Message);
    }

    [Fact]
    public void Read_WithoutARequiredSetting_NamesIt()
    {
        new SettingsReader(_errors).Read<SampleRequirements>(Configuration().GetSection("Root:C"));

        Assert.Equal(
            [
                "Root:C:Id is missing: expected a text",
                "Root:C:UserKey is missing: expected a list, each a text",
                "Root:C:Inner:Path is missing: expected a text",
            ],
            _errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("KeepAlive", "11m", "Root:C:KeepAlive is '11m': expected at most Deadline")]
    [InlineData("Words:1", "bad", "Root:C:Words:1: 'bad' is not a good word")]
    [InlineData("RatePerSecond", "13", "Root:C: expected better luck")]
    public void Read_OfSettingsThatExcludeEachOther_NamesTheFirstOfThem(string key, string value, string message)
    {
        Read(("Words:0", "good"), (key, value));

        Assert.Equal(message, Assert.Single(_errors).Message);
    }

    [Fact]
    public void Read_OfKeysInAnyCase_ReportsThemAsTheyAreNamed()
    {
        var settings = Read(("SECTION:SIZE", "7"), ("RATEPERSECOND", "0"));

        Assert.Equal(7, settings.Section.Size);
        Assert.Equal("Root:C:RatePerSecond", _errors.Single().Key);
    }

    [Fact]
    public void Read_OfKeysReadElsewhere_SkipsThem()
    {
        var configuration = Configuration(("Clusters:x:y", "1"), ("State", "2"));

        new SettingsReader(_errors).Read<SampleSettings>(configuration.GetSection("Root:C"), "clusters", "State");

        Assert.Empty(_errors);
    }

    [Fact]
    public void Read_OfAJsonFile_TakesNullsAndEmptyValuesForWhatTheyAre()
    {
        const string Json = """
            {
              "Keys": [], "Words": ["x"], "Addresses": [], "Section": {}, "OtherSection": null, "Limit": null,
              "FollowLive": true
            }
            """;
        using var file = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Root": { "C": {{Json}} } }"""));
        var configuration = new ConfigurationBuilder().AddJsonStream(file).Build();

        var settings = new SettingsReader(_errors).Read<SampleSettings>(configuration.GetSection("Root:C"));

        Assert.Empty(_errors);
        Assert.Equivalent(new SampleSettings { Words = ["x"], FollowLive = true }, settings);
    }

    private SampleSettings Read(params (string Key, string Value)[] settings) =>
        new SettingsReader(_errors).Read<SampleSettings>(Configuration(settings).GetSection("Root:C"));

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting =>
                KeyValuePair.Create($"Root:C:{setting.Key}", (string?)setting.Value)))
            .Build();
}
