namespace WsBalancer.Repository.Tests;

/// <summary>Rules that a reviewer should not need to check.</summary>
public sealed class TidyTests
{
    private static readonly string[] Code =
        [".cs", ".csproj", ".props", ".targets", ".sh", ".js", ".mjs", ".py", "/run"];

    [Fact]
    public void ALine_FitsOnTheScreen() => Rule.Holds(CodeFiles().SelectMany(TextRules.LongLines));

    [Fact]
    public void AFile_HoldsOneIdea() => Rule.Holds(CodeFiles().SelectMany(TextRules.LongFile));

    [Fact]
    public void NoWork_IsLeftForLater() => Rule.Holds(SourceTree.Files.SelectMany(TextRules.UnfinishedWork));

    [Fact]
    public void NoFile_KnowsTheMachineItWasWrittenOn() =>
        Rule.Holds(SourceTree.Files.SelectMany(TextRules.PathsOfOneMachine));

    // A machine may be configured for another package source, where the public registries cannot be reached.
    [Fact]
    public void NoFile_NamesAPackageRegistry() => Rule.Holds(SourceTree.Files.SelectMany(TextRules.PackageRegistries));

    [Fact]
    public void NoCatch_IsEmpty() => Rule.Holds(SourceTree.CSharp.SelectMany(CodeRules.EmptyCatches));

    [Fact]
    public void NoName_FitsAnything() => Rule.Holds(SourceTree.CSharp.SelectMany(CodeRules.EmptyNames));

    [Fact]
    public void AName_IsAWordOfTheField() => Rule.Holds(SourceTree.CSharp.SelectMany(LanguageRules.RetiredNames));

    [Fact]
    public void AComment_HasWordsOfTheField() =>
        Rule.Holds(SourceTree.CSharp.SelectMany(LanguageRules.RetiredComments));

    [Fact]
    public void AComment_NamesItsSubject() => Rule.Holds(SourceTree.CSharp.SelectMany(LanguageRules.PronounFirst));

    [Fact]
    public void NoTest_WaitsForADuration() => Rule.Holds(SourceTree.CSharp.SelectMany(CodeRules.Sleeps));

    [Fact]
    public void AType_HasAFileOfItsName() => Rule.Holds(SourceTree.CSharp.SelectMany(ShapeRules.OneTypePerFile));

    [Fact]
    public void ANamespace_IsItsFolder() =>
        Rule.Holds(
            from project in SourceTree.Projects.Select(Project.Read)
            from file in SourceTree.CSharp.Where(project.Owns)
            from violation in ShapeRules.NamespaceIsFolder(file, project.RootNamespace, project.Folder)
            select violation);

    private static IEnumerable<SourceFile> CodeFiles() =>
        SourceTree.Files.Where(file => Code.Any(end => file.Path.EndsWith(end, StringComparison.Ordinal)));
}
