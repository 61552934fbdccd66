namespace WsBalancer.Repository.Tests;

/// <summary>
/// Dependencies inside a library have one direction, and the rule detects every way around it.
/// </summary>
public sealed class FolderOrderTests
{
    private const string Proxy = "WsBalancer.Proxy";

    public static TheoryData<string> Libraries => [.. FolderOrder.Libraries.Keys];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void AFolder_UsesOnlyFoldersBeforeIt(string library) =>
        Rule.Holds(new FolderOrder(library, SourceTree.Files).Violations());

    // A global using would make a folder visible everywhere without a line in any file.
    [Theory]
    [MemberData(nameof(Libraries))]
    public void ALibrary_HasNoGlobalUsingsOfItsFolders(string library)
    {
        var project = SourceTree.Find($"{FolderOrder.ProjectOf(library)}/{library}.csproj");
        var files = SourceTree.CSharp.Where(Project.Read(project).Owns);

        Assert.DoesNotContain($"<Using Include=\"{library}", project.Text, StringComparison.Ordinal);
        Rule.Holds(from file in files
                   from directive in file.Syntax.Usings
                   where directive.GlobalKeyword.Text != ""
                   select $"{file.At(directive)}: {directive}");
    }

    [Theory]
    [InlineData("using WsBalancer.Proxy.Framing;", 0)]
    [InlineData("using WsBalancer.Proxy.Admin;", 1)]
    [InlineData("using static WsBalancer.Proxy.Admin.Door;", 1)]
    [InlineData("using Opened = WsBalancer.Proxy.Admin.Door;", 1)]
    [InlineData("class Tunnel { WsBalancer.Proxy.Admin.Door door; }", 1)]
    [InlineData("class Tunnel { Admin.Door door; }", 1)]
    [InlineData("class Tunnel { object o = Admin.Door.Open(); }", 1)]
    [InlineData("class Tunnel { object o = Admin.Count; }", 0)]
    [InlineData("class Tunnel { object o = new Services(); }", 1)]
    [InlineData("class Tunnel { object o = this.Services; }", 0)]
    [InlineData("class Tunnel { object o = new Text(); }", 0)]
    [InlineData("// using WsBalancer.Proxy.Admin;", 0)]
    public void AUseOfALaterFolder_IsFound(string code, int found) =>
        Assert.Equal(found, Order(("Tunnels/Tunnel.cs", code)).Violations().Count());

    [Fact]
    public void AFolderThatIsNotInTheOrder_IsFound() =>
        Assert.Single(Order(("Extras/Extra.cs", "class Extra;")).Violations());

    [Fact]
    public void AFileAtTheRoot_MayUseAll() =>
        Assert.Empty(Order(("Start.cs", "using WsBalancer.Proxy.Admin; class Start { Door door; }")).Violations());

    private static FolderOrder Order((string Path, string Text) file)
    {
        (string Path, string Text)[] library =
        [
            ("Admin/Door.cs", "class Door;"),
            ("Framing/Frame.cs", "class Frame;"),
            ("Setup.cs", "using WsBalancer.Proxy.Admin; class Setup;"),
            ("Services.cs", "class Services { Setup setup; }"),
            ("Text.cs", "class Text;"),
            file,
        ];

        return new FolderOrder(
            Proxy, library.Select(item => new SourceFile($"{FolderOrder.ProjectOf(Proxy)}/{item.Path}", item.Text)));
    }
}
