namespace WsBalancer.Repository.Tests;

/// <summary>Dependencies between projects have one direction only.</summary>
public sealed class DependencyTests
{
    // The projects whose types a product project may use. References to programs only order the build.
    private static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["WsBalancer.HashRing"] = [],
        ["WsBalancer.BackendSample"] = [],
        ["WsBalancer.LoadTest"] = [],
        ["WsBalancer.Sockets"] = [],
        ["WsBalancer.Proxy"] = ["WsBalancer.HashRing", "WsBalancer.Sockets"],
        ["WsBalancer.Cli"] = ["WsBalancer.HashRing", "WsBalancer.Sockets", "WsBalancer.Proxy"],
    };

    private static IEnumerable<Project> All => SourceTree.Projects.Select(Project.Read);

    private static IEnumerable<Project> Products => All.Where(project => !project.IsTest);

    private static IEnumerable<Project> Tests => All.Where(project => project.IsTest);

    [Fact]
    public void EveryProductProject_IsInTheDrawing() =>
        Assert.Equal(MaySee.Keys.Order(), Products.Select(project => project.Name).Order());

    [Fact]
    public void AProject_SeesOnlyWhatTheDrawingAllows() =>
        Rule.Holds(
            from project in Products
            from reference in project.References
            where reference.SeesTypes && !MaySee[project.Name].Contains(reference.Name)
            select $"{project.Path} must not use {reference.Name}");

    // The ring, the sample and the load test prove nothing about the balancer if they share its code; the transport
    // knows nothing of balancing.
    [Theory]
    [InlineData("WsBalancer.HashRing")]
    [InlineData("WsBalancer.Sockets")]
    [InlineData("WsBalancer.BackendSample")]
    [InlineData("WsBalancer.LoadTest")]
    public void ThisProject_RefersToNoOther(string name) =>
        Assert.Empty(Products.Single(project => project.Name == name).References);

    [Fact]
    public void OnlyItsTests_SeeTheCommandLine() =>
        Assert.Equal(
            ["Cli.Tests"],
            from project in All
            where project.References.Contains(("WsBalancer.Cli", true))
            select project.Name);

    // End-to-end tests use only the sockets of the programs.
    [Fact]
    public void TheEndToEndTests_SeeNoProject() =>
        Assert.DoesNotContain(
            Tests.Single(project => project.Name == "EndToEnd.Tests").References, reference => reference.SeesTypes);

    // The sample application is tested by the tests of the library that it uses.
    [Fact]
    public void NoProject_RefersToTests()
    {
        var tests = Tests.Select(project => project.Name).ToHashSet();

        Assert.Equal(
            [("Proxy.Tests", "SampleApplication")],
            from project in All
            from reference in project.References
            where tests.Contains(reference.Name)
            select (project.Name, reference.Name));
    }

    // A user's application can use only the public types of the library.
    [Fact]
    public void TheSampleApplication_SeesTheLibraryOnly()
    {
        var library = SourceTree.Find("proxy/WsBalancer.Proxy/WsBalancer.Proxy.csproj");

        Assert.Equal(
            [("WsBalancer.Proxy", true)], Tests.Single(project => project.Name == "SampleApplication").References);
        Assert.DoesNotContain("SampleApplication", library.Text, StringComparison.Ordinal);
    }
}
