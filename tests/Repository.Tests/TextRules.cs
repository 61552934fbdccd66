using System.Text.RegularExpressions;

namespace WsBalancer.Repository.Tests;

/// <summary>Rules about text in any language. Each rule returns the places that break it.</summary>
internal static partial class TextRules
{
    private const int LongestLine = 120;
    private const int LongestFile = 300;

    // Concatenated here, so that the rules do not match this file.
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"];
    private static readonly string[] MachinePaths = ["/wo" + "rk/", "/tmp/w" + "t", "/ro" + "ot/"];

    private static readonly string[] PackageHosts =
    [
        "nug" + "et.org", "npm" + "js.", "yarn" + "pkg.com", "py" + "pi.", "python" + "hosted.org",
        "crates" + ".io", "proxy.go" + "lang.org", "maven" + ".org",
        "ruby" + "gems.org", "deb." + "debian.org", "archive." + "ubuntu.com",
    ];

    public static IEnumerable<string> LongLines(SourceFile file) =>
        from line in file.Lines.Index()
        where line.Item.Length > LongestLine
        select $"{file.Path}:{line.Index + 1}";

    public static IEnumerable<string> LongFile(SourceFile file) =>
        file.Lines.Length > LongestFile + 1 ? [$"{file.Path} has {file.Lines.Length - 1} lines"] : [];

    public static IEnumerable<string> UnfinishedWork(SourceFile file) =>
        Find(file, line => Words().Matches(line).Select(word => word.Value).Intersect(Unfinished));

    public static IEnumerable<string> PathsOfOneMachine(SourceFile file) =>
        Find(file, line => MachinePaths.Where(path => line.Contains(path, StringComparison.Ordinal)));

    public static IEnumerable<string> PackageRegistries(SourceFile file) =>
        Find(file, line => PackageHosts.Where(host => line.Contains(host, StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<string> Find(SourceFile file, Func<string, IEnumerable<string>> search) =>
        from line in file.Lines.Index()
        from what in search(line.Item)
        select $"{file.Path}:{line.Index + 1}: {what}";

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}
