namespace WsBalancer.Proxy;

/// <summary>Guesses which known name somebody meant who wrote another.</summary>
internal static class NearestName
{
    /// <summary>Finds the known name with the fewest edits from what was written; null if all are far from it.</summary>
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

    private static int CountEdits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
