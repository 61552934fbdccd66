using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>Rules about the file and namespace of a type. Each rule returns the places that break it.</summary>
internal static class ShapeRules
{
    // A type of up to this many lines may share a file with a related type; a larger type needs its own file.
    private const int SmallEnoughToStay = 25;

    private static readonly string[] PlatformNamespaces =
        ["Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.Extensions.DependencyInjection"];

    /// <summary>
    /// A file contains the type with the file's name, and at most small types that belong to it; or only small types
    /// that belong together, under a common name.
    /// </summary>
    public static IEnumerable<string> OneTypePerFile(SourceFile file)
    {
        var types = TopLevelTypes(file).ToList();
        var name = file.Name.Split('.')[0];
        if (types.Count != 1 && types.TrueForAll(IsSmall))
        {
            return [];
        }

        var strangers = types.Where(type => NameOf(type) != name && !IsSmall(type)).Select(NameOf);
        return types.Exists(type => NameOf(type) == name) || IsProgram(file)
            ? strangers.Select(stranger => $"{file.Path}: {stranger} wants a file of its own")
            : [$"{file.Path}: no type {name} in it"];
    }

    /// <summary>
    /// The namespace is file-scoped and equal to the folder: the project's namespace and the folders below it.
    /// </summary>
    /// <remarks>
    /// Extensions of the platform at a project's root have the platform's namespace, where users expect them.
    /// </remarks>
    public static IEnumerable<string> NamespaceIsFolder(SourceFile file, string root, string projectFolder)
    {
        var expected = root + file.Folder[projectFolder.Length..].Replace('/', '.');

        return from declared in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
               let name = declared.Name.ToString()
               let extendsThePlatform = file.Folder == projectFolder && PlatformNamespaces.Contains(name)
               where declared is NamespaceDeclarationSyntax || (name != expected && !extendsThePlatform)
               select $"{file.At(declared)}: expected 'namespace {expected};'";
    }

    public static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(SourceFile file) =>
        file.Syntax
            .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declaration => declaration.Identifier.Text,
        DelegateDeclarationSyntax declaration => declaration.Identifier.Text,
        _ => throw new ArgumentException("Not a type.", nameof(type)),
    };

    private static bool IsProgram(SourceFile file) => file.Syntax.Members.OfType<GlobalStatementSyntax>().Any();

    private static bool IsSmall(MemberDeclarationSyntax type)
    {
        var span = type.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line < SmallEnoughToStay;
    }
}
