namespace QueueAdmission;

/// <summary>Finds the word that was meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is most like the word, or null if none is like it.</summary>
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
    /// The number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other,
    /// without regard to case.
    /// </summary>
    public static int Distance(string a, string b)
    {
        // Row i holds the distances of a's first i letters to every beginning of b; three rows suffice, the third for
        // swapped neighbours.
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
