namespace QueueAdmission;

/// <summary>Finds the word that a misspelled word probably stands for.</summary>
internal static class Spelling
{
    /// <summary>
    /// Returns the most similar candidate, or else the first candidate that contains the word. Null if there is
    /// neither.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var tolerated = Math.Max(1, word.Length / 3);
        var (nearest, least) = ((string?)null, tolerated + 1);
        string? containing = null;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word, candidate);
            if (distance < least)
                (nearest, least) = (candidate, distance);
            if (word.Length >= 4 && candidate.Contains(word, StringComparison.OrdinalIgnoreCase))
                containing ??= candidate;
        }
        return nearest ?? containing;
    }

    /// <summary>
    /// Returns the optimal string alignment distance of two words: the number of insertions, deletions, replacements
    /// and swaps of neighbours that turn one word into the other. Case is ignored.
    /// </summary>
    public static int Distance(string a, string b)
    {
        // Row i holds the distances of the first i letters of a to every prefix of b. The two previous rows are kept:
        // one for single changes, and one for swapped neighbours.
        var (twoBack, previous, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = previous[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], twoBack[j - 2] + 1);
            }
            (twoBack, previous, current) = (previous, current, twoBack);
        }
        return previous[b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
