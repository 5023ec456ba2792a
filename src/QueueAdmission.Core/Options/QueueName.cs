using System.Text.RegularExpressions;

namespace QueueAdmission;

/// <summary>The rules for the names of queues. Comparison ignores case.</summary>
internal static partial class QueueName
{
    public const string Allowed = "1 to 64 of the characters A-Z a-z 0-9 . _ -";

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    public static void ThrowIfInvalid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValid(name))
            throw new ArgumentException($"'{name}' is not a queue name; allowed: {Allowed}.", nameof(name));
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Pattern();
}
