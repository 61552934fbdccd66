namespace WsBalancer.Proxy.Settings;

/// <summary>Finds the known name for which another text was probably written by mistake.</summary>
internal static class NearestName
{
    /// <summary>Finds the known name that needs the fewest edits; null if all are far from what was written.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        // A third of the letters wrong is still a typing mistake; more is another word.
        var limit = Math.Max(1, written.Length / 3);

        return known
            .Select(name => (Name: name, Edits: CountEdits(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Edits <= limit)
            .OrderBy(candidate => candidate.Edits)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    // A swap of two adjacent letters is one edit, like a letter that is missing, wrong or additional.
    private static int CountEdits(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                edits[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1),
                        Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1),
                };
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[from.Length, to.Length];
    }
}
