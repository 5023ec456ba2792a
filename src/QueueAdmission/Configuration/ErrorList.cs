namespace QueueAdmission;

/// <summary>Several mistakes in one message.</summary>
internal static class ErrorList
{
    public static string Show(IEnumerable<string> errors) =>
        string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"));
}
