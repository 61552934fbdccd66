using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>
/// One comment of a C# file: lines that follow each other, the rest of a line of code, a text between asterisks, or one
/// element of the documentation.
/// </summary>
/// <param name="Line">The line of the beginning, from 1.</param>
/// <param name="Text">The text with its line breaks, without markers and tags.</param>
/// <param name="HasOwnLine">Whether it is a line without code, which the next line may continue.</param>
internal sealed partial record Comment(int Line, string Text, bool HasOwnLine = false)
{
    public static IReadOnlyList<Comment> AllIn(SourceFile file)
    {
        var comments = new List<Comment>();
        foreach (var next in file.Syntax.DescendantTrivia(descendIntoTrivia: true).SelectMany(Read))
        {
            if (comments is [.., var last] && last.IsContinuedBy(next))
            {
                comments[^1] = last with { Text = $"{last.Text}\n{next.Text}" };
            }
            else
            {
                comments.Add(next);
            }
        }

        return comments;
    }

    /// <summary>The line of a position in the text.</summary>
    public int LineOf(int index) => Line + Text.AsSpan(0, index).Count('\n');

    private bool IsContinuedBy(Comment next) =>
        HasOwnLine && next.HasOwnLine && next.Line == LineOf(Text.Length) + 1;

    private static IEnumerable<Comment> Read(SyntaxTrivia trivia) => trivia.Kind() switch
    {
        SyntaxKind.SingleLineCommentTrivia =>
            [new Comment(LineOf(trivia.GetLocation()), trivia.ToString().TrimStart('/'), StartsItsLine(trivia))],
        SyntaxKind.MultiLineCommentTrivia =>
            [new Comment(LineOf(trivia.GetLocation()), Asterisks().Replace(trivia.ToString(), ""))],
        SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia =>
            ((DocumentationCommentTriviaSyntax)trivia.GetStructure()!).Content.Select(part => new Comment(
                LineOf(part.GetLocation()), WithoutTags(Markers().Replace(part.ToString(), "")))),
        _ => [],
    };

    private static bool StartsItsLine(SyntaxTrivia trivia)
    {
        var line = trivia.SyntaxTree!.GetText().Lines.GetLineFromPosition(trivia.SpanStart);
        return string.IsNullOrWhiteSpace(line.ToString()[..(trivia.SpanStart - line.Start)]);
    }

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;

    // A tag may continue in the next line, which stays a line.
    private static string WithoutTags(string text) =>
        Tag().Replace(text, tag => new string('\n', tag.Value.Count(letter => letter == '\n')));

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<=\n)[ \t]*(///|\*) ?", RegexOptions.CultureInvariant)]
    private static partial Regex Markers();

    [GeneratedRegex(@"^/\*+|\*+/$|(?<=\n)[ \t]*\*(?!/) ?", RegexOptions.CultureInvariant)]
    private static partial Regex Asterisks();
}
