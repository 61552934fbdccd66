using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>
/// Rules about the words of identifiers and comments; proxy/GLOSSARY.md has the words that are used. Each rule returns
/// the places that break it.
/// </summary>
internal static partial class LanguageRules
{
    // Neither in names nor in comments.
    private const string Retired =
        "tells?|telling|told|says?|saying|said|hears?|hearing|heard|asks?|asking|asked|comes?|coming|came|go|goes|going"
        + @"|gone|went|lays?|laying|laid|stands?|standings?|stood|(?:gives?|giving|gave)\s+way|whoever|nobody|somebody"
        + "|anybody|anew|meanwhile|goodbyes?|farewells?";

    // Not in comments either.
    private const string RetiredInText = @"last\s+words?|by\s+itself";

    // RFC 6455 names close code 1001 so.
    private static readonly HashSet<string> NamesOfStandards = ["GoingAway"];

    /// <summary>Declared names with a word of speech or motion, where the field has a word of its own.</summary>
    public static IEnumerable<string> RetiredNames(SourceFile file) =>
        from token in file.Syntax.DescendantTokens()
        where token.IsKind(SyntaxKind.IdentifierToken) && IsDeclared(token) && !NamesOfStandards.Contains(token.Text)
        let words = string.Join(' ', Words().Matches(token.Text)).ToLowerInvariant()
        from found in RetiredWord().Matches(words)
        select $"{file.At(token.Parent!)}: {token.Text} has the word '{found.Value}'";

    /// <summary>Comments with such a word.</summary>
    public static IEnumerable<string> RetiredComments(SourceFile file) =>
        from comment in Comment.AllIn(file)
        let found = RetiredText().Match(comment.Text)
        where found.Success
        select $"{file.Path}:{comment.LineOf(found.Index)}: '{found.Value}'";

    /// <summary>Comments that begin with a pronoun, whose noun is elsewhere.</summary>
    public static IEnumerable<string> PronounFirst(SourceFile file) =>
        from comment in Comment.AllIn(file)
        let found = Pronoun().Match(comment.Text).Groups["word"]
        where found.Success
        select $"{file.Path}:{comment.LineOf(found.Index)}: the comment begins with '{found.Value}'";

    private static bool IsDeclared(SyntaxToken token) => token.Parent switch
    {
        BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax
            or EventDeclarationSyntax or EnumMemberDeclarationSyntax or VariableDeclaratorSyntax or ParameterSyntax
            or LocalFunctionStatementSyntax or TypeParameterSyntax or ForEachStatementSyntax
            or SingleVariableDesignationSyntax or CatchDeclarationSyntax => true,
        FromClauseSyntax or LetClauseSyntax or JoinClauseSyntax or JoinIntoClauseSyntax or QueryContinuationSyntax =>
            true,
        TupleElementSyntax element => element.Identifier == token,
        _ => false,
    };

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex($@"\b(?:{Retired})\b", RegexOptions.CultureInvariant)]
    private static partial Regex RetiredWord();

    // Inside a sentence, Go with a capital is the programming language.
    [GeneratedRegex(
        $@"\b(?!(?-i:(?<=[\w,] )Go\b))(?:{Retired}|{RetiredInText})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RetiredText();

    [GeneratedRegex(
        @"^\s*(?<word>It|Its|That|Those|What|Whoever|Nobody|Likewise)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Pronoun();
}
