using System.Text.Json;

namespace WsBalancer.Repository.Tests;

/// <summary>Every JSON file is valid for its reader.</summary>
public sealed class JsonTests
{
    [Fact]
    public void EveryJsonFile_Parses() => Rule.Holds(SourceTree.EndingIn(".json").SelectMany(Mistakes));

    [Theory]
    [InlineData("config/sample.json", """{ "a": 1 } // why""", 0)]
    [InlineData("config/sample.json", """{ "a": 1, }""", 0)]
    [InlineData("config/sample.json", """{ "a" 1 }""", 1)]
    [InlineData("global.json", """{ "a": 1 } // why""", 1)]
    public void AMistake_IsFound(string path, string text, int found) =>
        Assert.Equal(found, Mistakes(new SourceFile(path, text)).Count());

    private static IEnumerable<string> Mistakes(SourceFile file)
    {
        // Files for operators have comments, which the configuration reader allows; files of other tools must not have
        // any.
        var annotated = file.Path.StartsWith("config/", StringComparison.Ordinal);
        try
        {
            using var parsed = JsonDocument.Parse(file.Text, new JsonDocumentOptions
            {
                AllowTrailingCommas = annotated,
                CommentHandling = annotated ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow,
            });
            return [];
        }
        catch (JsonException mistake)
        {
            return [$"{file.Path}: {mistake.Message}"];
        }
    }
}
