namespace WsBalancer.Repository.Tests;

/// <summary>The repository's files, found on disk, because a source archive has no version control.</summary>
internal static class SourceTree
{
    // The entries of .gitignore, and .git itself, which is a file in a linked worktree.
    private static readonly HashSet<string> Ignored =
        ["artifacts", ".git", "node_modules", "TestResults", ".vs", ".idea", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file that a commit would contain.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Walk(Root).Select(path => new SourceFile(Relative(path), File.ReadAllText(path)))];

    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    public static IEnumerable<SourceFile> Projects => EndingIn(".csproj");

    /// <summary>Files and folders at the root, folders with a closing slash.</summary>
    public static IEnumerable<string> TopLevel =>
        Files.Select(file => file.Path.Split('/') is [var folder, _, ..] ? folder + "/" : file.Path).Distinct();

    public static IEnumerable<SourceFile> EndingIn(string end) =>
        Files.Where(file => file.Path.EndsWith(end, StringComparison.Ordinal));

    public static SourceFile Find(string path) => Files.Single(file => file.Path == path);

    private static IEnumerable<string> Walk(string folder)
    {
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Where(entry => !Ignored.Contains(entry.Name) && entry.Extension != ".user")
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);

        return entries.SelectMany(entry => entry is DirectoryInfo ? Walk(entry.FullName) : [entry.FullName]);
    }

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsBalancer.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No WsBalancer.sln above the tests.");
    }
}
