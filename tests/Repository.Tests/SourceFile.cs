using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>One file of the repository: its path from the root, with slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<CompilationUnitSyntax> _syntax = new(() => CSharpSyntaxTree.ParseText(
        Text, new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot());

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : "";

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public string[] Lines => Text.Split('\n');

    /// <summary>The syntax tree of the C# text, so that rules ignore comments and strings.</summary>
    public CompilationUnitSyntax Syntax => _syntax.Value;

    /// <summary>The location of a node in the form that editors open: "file:line".</summary>
    public string At(Microsoft.CodeAnalysis.SyntaxNode node) =>
        $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
}
