namespace QueueAdmission;

/// <summary>The reason why a change or a viewer was refused, in the form of RFC 9457.</summary>
internal sealed record DashboardProblem(string Title, int Status, string Detail);
