using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>Rules about C#. Each rule returns the places that break it.</summary>
internal static partial class CodeRules
{
    private static readonly HashSet<string> EmptyWords =
    [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base", "Impl", "Data",
        "Info", "Processor", "Wrapper",
    ];

    public static IEnumerable<string> EmptyCatches(SourceFile file) =>
        from clause in file.Syntax.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0
        select $"{file.At(clause)}: a catch that does nothing";

    /// <summary>Names that fit any type do not describe the type.</summary>
    public static IEnumerable<string> EmptyNames(SourceFile file)
    {
        var types = file.Syntax.DescendantNodes()
            .OfType<MemberDeclarationSyntax>()
            .Where(IsType)
            .Select(ShapeRules.NameOf);
        var folders = file.Folder.Split('/');

        return from name in types.Concat(folders)
               from word in CamelCaseWords().Matches(name).Select(match => match.Value)
               where EmptyWords.Contains(word)
               select $"{file.Path}: {name} says '{word}'";
    }

    /// <summary>Calls of Thread.Sleep anywhere, and, in tests, waits for a duration instead of a condition.</summary>
    public static IEnumerable<string> Sleeps(SourceFile file) =>
        from call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>()
        let method = call.Expression.ToString()
        where method.EndsWith("Thread.Sleep", StringComparison.Ordinal)
            || (file.IsTest && method.EndsWith("Task.Delay", StringComparison.Ordinal) && WaitsForANumber(call))
        select $"{file.At(call)}: {call}";

    private static bool WaitsForANumber(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments is [var duration, ..]
        && duration.DescendantNodes().Any(node => node.IsKind(SyntaxKind.NumericLiteralExpression));

    private static bool IsType(MemberDeclarationSyntax member) =>
        member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax;

    // "Base64Url" is Base64 and Url, "Database" one word, "TCPInfo" is TCP and Info.
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex CamelCaseWords();
}
