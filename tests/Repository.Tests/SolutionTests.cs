using System.Xml.Linq;

namespace WsBalancer.Repository.Tests;

/// <summary>
/// One solution contains every project, one file contains every version, and the top level contains only the listed
/// entries.
/// </summary>
public sealed class SolutionTests
{
    private static readonly string[] Folders =
        [".ci/", "backend-sample/", "config/", "hashring/", "loadtest/", "proxy/", "tests/"];

    // The files that tools or visitors expect at the root.
    private static readonly string[] RootFiles =
    [
        ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.Products.txt",
        "BannedSymbols.txt", "CHANGELOG.md", "CodeMetricsConfig.txt", "CONTRIBUTING.md", "Directory.Build.props",
        "Directory.Packages.props", "global.json", "LICENSE", "README.md", "SECURITY.md", "WsBalancer.sln",
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
    public void TheTopLevel_HasTheseFoldersAndNothingElse()
    {
        Assert.Empty(Folders.Except(SourceTree.TopLevel));
        Assert.Empty(SourceTree.TopLevel.Except(Folders).Except(RootFiles));
    }

    // The script must run the same test command that the README gives to visitors.
    [Fact]
    public void TheScript_RunsTheTestCommandOfTheReadme()
    {
        var readme = CommandsIn("README.md").Distinct();

        Assert.Equal(readme, CommandsIn(".ci/run").Select(command => command.Split(" 2>&1")[0]));
    }

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

    private static IEnumerable<string> CommandsIn(string path) =>
        SourceTree.Find(path).Lines.Select(line => line.Trim())
            .Where(line => line.StartsWith("dotnet test", StringComparison.Ordinal));

    private static HashSet<string?> CentralVersions() =>
        [.. XElement.Parse(SourceTree.Find("Directory.Packages.props").Text).Descendants("PackageVersion")
            .Select(package => (string?)package.Attribute("Include"))];
}
