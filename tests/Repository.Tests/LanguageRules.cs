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
    private static readonly HashSet<string> RetiredWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "tell", "tells", "told", "hear", "hears", "heard", "say", "says", "said", "ask", "asks", "asked",
        "come", "comes", "came", "go", "goes", "gone", "whoever", "nobody", "somebody", "anybody", "anew", "meanwhile",
        "lay", "laid", "goodbye", "farewell",
    };

    /// <summary>Declared names with a word of speech or motion, where the field has a word of its own.</summary>
    public static IEnumerable<string> RetiredNames(SourceFile file) =>
        from token in file.Syntax.DescendantTokens()
        where token.IsKind(SyntaxKind.IdentifierToken) && IsDeclared(token)
        from word in Words().Matches(token.Text).Select(match => match.Value).Where(RetiredWords.Contains)
        select $"{file.At(token.Parent!)}: {token.Text} has the word '{word}'";

    /// <summary>Comments with such a word.</summary>
    public static IEnumerable<string> RetiredComments(SourceFile file) =>
        from comment in Comments(file)
        let found = RetiredText().Match(comment.Text)
        where found.Success
        select $"{file.Path}:{comment.Line}: '{found.Value}'";

    /// <summary>Comments that begin with a pronoun, whose noun is elsewhere.</summary>
    public static IEnumerable<string> PronounFirst(SourceFile file) =>
        from comment in Comments(file)
        let found = Pronoun().Match(comment.Text)
        where found.Success
        select $"{file.Path}:{comment.Line}: the comment begins with '{found.Value}'";

    private static bool IsDeclared(SyntaxToken token) => token.Parent switch
    {
        BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax
            or EventDeclarationSyntax or EnumMemberDeclarationSyntax or VariableDeclaratorSyntax or ParameterSyntax
            or LocalFunctionStatementSyntax or TypeParameterSyntax or ForEachStatementSyntax
            or SingleVariableDesignationSyntax or CatchDeclarationSyntax => true,
        TupleElementSyntax element => element.Identifier == token,
        _ => false,
    };

    // The comments of consecutive lines are one, without the tags of XML documentation.
    private static IEnumerable<(int Line, string Text)> Comments(SourceFile file)
    {
        var (begun, text) = (0, "");
        foreach (var (index, line) in file.Lines.Index())
        {
            var comment = CommentLine().Match(line);
            if (comment.Success)
            {
                begun = text.Length is 0 ? index + 1 : begun;
                text += Tag().Replace(comment.Groups["text"].Value, "") + " ";
            }
            else if (text.Length > 0)
            {
                yield return (begun, text.TrimStart());
                text = "";
            }
        }
    }

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"^\s*///?\s?(?<text>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex CommentLine();

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"\b(tells?|told|says?|said|hears?|heard|whoever|nobody|somebody|anybody|gone|anew|meanwhile|goodbye"
            + @"|last words?|gives? way|goes on|go on|by itself|comes?|came)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RetiredText();

    [GeneratedRegex(@"^(It|Its|That|Those|What|Whoever|Nobody|Likewise)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Pronoun();
}
