using System.Globalization;

namespace WsBalancer.LoadTest.Compare;

/// <summary>A process and its descendants, as Linux lists them under /proc.</summary>
internal static class ProcessTree
{
    /// <summary>The process and all its descendants; empty if there is no such process.</summary>
    public static IReadOnlyList<int> Of(int root)
    {
        var childrenOf = (from folder in Directory.EnumerateDirectories("/proc")
                          let name = Path.GetFileName(folder)
                          where int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                          let parent = ParseParent(ProcFile.ReadIfThere($"{folder}/stat"))
                          where parent is not null
                          select (Id: int.Parse(name, CultureInfo.InvariantCulture), Parent: parent.Value))
            .ToLookup(process => process.Parent, process => process.Id);

        var found = new List<int>();
        var next = new Queue<int>(Directory.Exists($"/proc/{root}") ? [root] : []);
        while (next.TryDequeue(out var process))
        {
            found.Add(process);
            foreach (var child in childrenOf[process])
            {
                next.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>Finds the parent in <c>ID (NAME) STATE PARENT …</c>; the name may contain any characters.</summary>
    public static int? ParseParent(string stat) =>
        stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var parent, ..]
        && int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
