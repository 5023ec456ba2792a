namespace QueueAdmission;

/// <summary>Formats several errors as one message, with one line for each error.</summary>
internal static class ErrorList
{
    public static string Show(IEnumerable<string> errors) =>
        string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"));
}
