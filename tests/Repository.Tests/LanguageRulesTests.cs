namespace WsBalancer.Repository.Tests;

/// <summary>The rules of language find their violations and nothing else.</summary>
public sealed class LanguageRulesTests
{
    [Theory]
    [InlineData("class C { void TellRest() { } }", 1)]
    [InlineData("class C { bool _isGone; }", 1)]
    [InlineData("class C { void M(int heard) { var asked = heard; } }", 2)]
    [InlineData("class C { void M() { foreach (var said in All) { } if (x is { } came) { } } }", 2)]
    [InlineData("class Hearing; record Telling(int Saying); enum E { Asking }", 4)]
    [InlineData("class C { void WhereItStands() { } bool _gaveWay; int TheyGiveWay; int _stoodBy; }", 4)]
    [InlineData("class Laying; class Standing; class TheGoing; class Coming; class FarewellFrame;", 5)]
    [InlineData("class Category; class Outgoing; class Task; class Incoming; class OnGoods; class Ongoing;", 0)]
    [InlineData("class C { int _standard; bool _isUnderstood; int _outstanding; int _giveaway; int _layout; }", 0)]
    [InlineData("class C { void M() => other.Tell(); }", 0)]
    [InlineData("enum CloseCode { GoingAway } class GoingAwayFrame;", 1)]
    public void RetiredNames_AreFoundByWholeWords_WhereTheyAreDeclared(string code, int found) =>
        Assert.Equal(found, LanguageRules.RetiredNames(File(code)).Count());

    [Theory]
    [InlineData("from heard in all select heard", 1)]
    [InlineData("from one in all let told = one select told", 1)]
    [InlineData("from one in all join asked in some on one equals asked select one", 1)]
    [InlineData("from one in all join two in some on one equals two into gone select gone", 1)]
    [InlineData("from one in all group one by one into said select said", 1)]
    [InlineData("from one in all let two = one select two", 0)]
    public void RetiredNames_AreFoundInQueries(string query, int found) =>
        Assert.Equal(found, LanguageRules.RetiredNames(File($"class C {{ object M() => {query}; }}")).Count());

    [Theory]
    [InlineData("// The peer is told of the end.", 1)]
    [InlineData("/// <summary>Whoever waits is\n/// notified.</summary>", 1)]
    [InlineData("// The socket is closed.", 0)]
    [InlineData("var text = \"nobody\";", 0)]
    [InlineData("var url = \"http://go/ // go\";", 0)]
    [InlineData("// The node is asked.", 1)]
    [InlineData("// The balancer asks each node.", 1)]
    [InlineData("// The file lay there.", 1)]
    [InlineData("// The status stands.", 1)]
    [InlineData("// The record stood there.", 1)]
    [InlineData("// A farewell.", 1)]
    [InlineData("// The bytes go to the node.", 1)]
    [InlineData("// Goes to the node.", 1)]
    [InlineData("// Asking, telling, hearing or saying.", 1)]
    [InlineData("// Bytes are coming.", 1)]
    [InlineData("// Bytes are going.", 1)]
    [InlineData("// A chunk laying there.", 1)]
    [InlineData("// The standing of a record.", 1)]
    [InlineData("// A program in Go, as the Go runtime.", 0)]
    [InlineData("// A standard that is understood, outstanding and ongoing.", 0)]
    [InlineData("// A tunnel is ended in a given way.", 0)]
    public void RetiredComments_AreFound(string code, int found) =>
        Assert.Equal(found, LanguageRules.RetiredComments(File(code + "\nclass C;")).Count());

    [Theory]
    [InlineData("/* The peer is told. */ class C;")]
    [InlineData("/*\n * The peer\n * is told.\n */\nclass C;")]
    [InlineData("/** <summary>The peer is told.</summary> */\nclass C;")]
    [InlineData("class C; // The peer is told.")]
    [InlineData("#pragma warning disable CS1591 // The peer is told.\nclass C;")]
    [InlineData("class C;\n// The peer is told.")]
    [InlineData("class C;\n// The peer is told.\n")]
    [InlineData("// The peer gives\n// way.\nclass C;")]
    [InlineData("/// <param name=\"x\"\n/// >The peer is told.</param>\nclass C;")]
    public void RetiredComments_AreFoundInEveryForm(string code) =>
        Assert.Single(LanguageRules.RetiredComments(File(code)));

    [Fact]
    public void RetiredComments_AreFoundWithTheirLine() => Assert.Equal(
        ["tests/Some.Tests/Sample.cs:4: 'told'"],
        LanguageRules.RetiredComments(File("class C;\n\n/// <summary>\n/// It is told.\n/// </summary>\nclass D;")));

    [Theory]
    [InlineData("// It is closed.", 1)]
    [InlineData("/// <summary>That of the node.</summary>", 1)]
    [InlineData("// The socket is closed.\n// It has no peer.", 0)]
    [InlineData("// Its.", 1)]
    [InlineData("/// <summary>The node.</summary>\n/// <param name=\"x\">Its id.</param>", 1)]
    [InlineData("/// <summary>The node.</summary>\n/// <returns>\n/// What was read.</returns>", 1)]
    [InlineData("/// <summary>The node.</summary>\n/// <remarks>It waits.</remarks>", 1)]
    [InlineData("/// <exception cref=\"X\">It failed.</exception>", 1)]
    [InlineData("/// <summary>The node.\n/// It waits.</summary>\n/// <param name=\"It\">The id.</param>", 0)]
    [InlineData("/// <summary>The node.</summary>\n// It waits.", 1)]
    [InlineData("/* It waits. */", 1)]
    [InlineData("class D; // It waits.\n", 1)]
    [InlineData("class D; // The node.\n// It waits.", 1)]
    public void PronounFirst_IsFoundAtTheBeginningOfAComment(string code, int found) =>
        Assert.Equal(found, LanguageRules.PronounFirst(File(code + "\nclass C;")).Count());

    private static SourceFile File(string text) => new("tests/Some.Tests/Sample.cs", text);
}
