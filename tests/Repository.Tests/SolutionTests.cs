using System.Xml.Linq;

namespace WsBalancer.Repository.Tests;

/// <summary>One solution holds every project, one file every version, and the top level is what it promises.</summary>
public sealed class SolutionTests
{
    private static readonly string[] Folders =
        [".ci/", "backend-sample/", "config/", "hashring/", "loadtest/", "proxy/", "tests/"];

    // What tools look for at the root, and what a visitor does.
    private static readonly string[] RootFiles =
    [
        ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.txt", "CHANGELOG.md",
        "CodeMetricsConfig.txt", "CONTRIBUTING.md", "Directory.Build.props", "Directory.Packages.props", "global.json",
        "LICENSE", "README.md", "SECURITY.md", "WsBalancer.sln",
    ];

    private static IEnumerable<Project> Projects => SourceTree.Projects.Select(Project.Read);

    [Fact]
    public void TheSolution_HoldsEveryProject()
    {
        var listed = SourceTree.Find("WsBalancer.sln").Text.Split('"')
            .Where(part => part.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(path => path.Replace('\\', '/'));

        Assert.Equal(Projects.Select(project => project.Path).Order(), listed.Order());
    }

    [Fact]
    public void TheTopLevel_HoldsNothingElse() => Assert.Empty(SourceTree.TopLevel.Except(Folders).Except(RootFiles));

    [Fact]
    public void APackage_HasItsVersionInOnePlace()
    {
        var versions = CentralVersions();

        Rule.Holds(
            from project in Projects
            from package in project.Packages
            let name = (string?)package.Attribute("Include")
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
                || !versions.Contains(name)
            select $"{project.Path}: {name}");
    }

    [Fact]
    public void ACentralVersion_IsUsed()
    {
        var shared = SourceTree.EndingIn(".props").Select(file => XElement.Parse(file.Text));
        var used = Projects.Select(project => project.Xml).Concat(shared)
            .SelectMany(xml => xml.Descendants("PackageReference"))
            .Select(package => (string?)package.Attribute("Include"));

        Assert.Empty(CentralVersions().Except(used));
    }

    [Fact]
    public void AProject_HasItsLockFile()
    {
        var files = SourceTree.Files.Select(file => file.Path).ToHashSet();

        Assert.DoesNotContain(Projects, project => !files.Contains($"{project.Folder}/packages.lock.json"));
    }

    private static HashSet<string?> CentralVersions() =>
        [.. XElement.Parse(SourceTree.Find("Directory.Packages.props").Text).Descendants("PackageVersion")
            .Select(package => (string?)package.Attribute("Include"))];
}
