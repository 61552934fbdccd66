namespace WsBalancer.Repository.Tests;

/// <summary>Each rule finds its violations and nothing else: a rule that finds nothing has no effect.</summary>
public sealed class TidyRulesTests
{
    [Theory]
    [InlineData(120, 0)]
    [InlineData(121, 1)]
    public void LongLines_StartAt121Characters(int length, int found) =>
        Assert.Equal(found, TextRules.LongLines(File("short\n" + new string('x', length))).Count());

    [Theory]
    [InlineData(300, 0)]
    [InlineData(301, 1)]
    public void LongFile_StartsAt301Lines(int lines, int found) =>
        Assert.Equal(found, TextRules.LongFile(File(string.Concat(Enumerable.Repeat("x\n", lines)))).Count());

    [Theory]
    [InlineData("// TO" + "DO: later", 1)]
    [InlineData("// FIX" + "ME", 1)]
    [InlineData("a TODOS list", 0)]
    public void UnfinishedWork_IsAWord(string text, int found) =>
        Assert.Equal(found, TextRules.UnfinishedWork(File(text)).Count());

    [Theory]
    [InlineData("cd /wo" + "rk/main", 1)]
    [InlineData("cd /tmp/w" + "t/repo", 1)]
    [InlineData("the network is at work", 0)]
    public void PathsOfOneMachine_AreFound(string text, int found) =>
        Assert.Equal(found, TextRules.PathsOfOneMachine(File(text)).Count());

    [Theory]
    [InlineData("\"resolved\": \"https://registry.npm" + "js.org/ws/-/ws.tgz\"", 1)]
    [InlineData("<add key=\"x\" value=\"https://api.nug" + "et.org/v3/index.json\" />", 1)]
    [InlineData("dotnet nuget and npm are programs", 0)]
    public void PackageRegistries_AreFound(string text, int found) =>
        Assert.Equal(found, TextRules.PackageRegistries(File(text)).Count());

    [Theory]
    [InlineData("try { F(); } catch { }", 1)]
    [InlineData("try { F(); } catch (IOException) { /* never mind */ }", 1)]
    [InlineData("try { F(); } catch (IOException) { return; }", 0)]
    public void EmptyCatches_AreFoundWhateverTheirComment(string code, int found) =>
        Assert.Equal(found, CodeRules.EmptyCatches(File($"class C {{ void M() {{ {code} }} }}")).Count());

    [Theory]
    [InlineData("class TunnelManager;", 1)]
    [InlineData("interface IPathHelper;", 1)]
    [InlineData("record struct TCPInfo;", 1)]
    [InlineData("enum BaseKind { A }", 1)]
    [InlineData("class Outer { class UserData; }", 1)]
    [InlineData("class Base64Url; class Database; class Information;", 0)]
    public void EmptyNames_AreFoundByWholeWords(string code, int found) =>
        Assert.Equal(found, CodeRules.EmptyNames(File(code)).Count());

    [Fact]
    public void EmptyNames_AreFoundInFoldersToo() =>
        Assert.Single(CodeRules.EmptyNames(new SourceFile("proxy/Common/Tunnel.cs", "class Tunnel;")));

    [Theory]
    [InlineData("Thread.Sleep(time);", 1)]
    [InlineData("await Task.Delay(100, time, stop);", 1)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), time, stop);", 1)]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);", 0)]
    public void Sleeps_AreFoundInTests(string code, int found) =>
        Assert.Equal(found, CodeRules.Sleeps(File($"class C {{ async Task M() {{ {code} }} }}")).Count());

    [Theory]
    [InlineData("class Sample;", 0)]
    [InlineData("class Sample; record Part(int X); enum Kind { A } delegate void Done();", 0)]
    [InlineData("record Part(int X); record Whole(Part[] Parts);", 0)]
    [InlineData("class Other;", 1)]
    [InlineData("record Other;", 1)]
    [InlineData("class Sample; class Other;", 0)]
    [InlineData("Console.WriteLine(); record Part(int X);", 0)]
    public void OneTypePerFile_AllowsSmallOnesBesideIt(string code, int found) =>
        Assert.Equal(found, ShapeRules.OneTypePerFile(File(code)).Count());

    [Fact]
    public void OneTypePerFile_SendsALargeTypeToItsOwnFile() =>
        Assert.Single(ShapeRules.OneTypePerFile(File($"class Sample;\nclass Large {{{new string('\n', 25)}}}")));

    [Theory]
    [InlineData("namespace Root.Sub.Deep;", 0)]
    [InlineData("namespace Root.Sub;", 1)]
    [InlineData("namespace Root.Sub.Deep { }", 1)]
    public void NamespaceIsFolder_WantsTheFileScopedForm(string code, int found) =>
        Assert.Equal(found, ShapeRules.NamespaceIsFolder(
            new SourceFile("proxy/Project/Sub/Deep/Sample.cs", code), "Root", "proxy/Project").Count());

    [Theory]
    [InlineData("proxy/Project/Setup.cs", 0)]
    [InlineData("proxy/Project/Sub/Setup.cs", 1)]
    public void NamespaceIsFolder_LetsTheRootExtendThePlatform(string path, int found)
    {
        var file = new SourceFile(path, "namespace Microsoft.Extensions.DependencyInjection;");

        Assert.Equal(found, ShapeRules.NamespaceIsFolder(file, "Root", "proxy/Project").Count());
    }

    private static SourceFile File(string text) => new("tests/Some.Tests/Sample.cs", text);
}
