using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>The JSON format of the reports. It does not depend on the JSON settings of the application.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(QueuesReport))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(WaitingJobs))]
[JsonSerializable(typeof(RunningJobsReport))]
[JsonSerializable(typeof(LiveGreeting))]
[JsonSerializable(typeof(ClusterOutageReport))]
[JsonSerializable(typeof(HistoryReport))]
[JsonSerializable(typeof(DeferredReport))]
[JsonSerializable(typeof(DeadLetters))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(IReadOnlyList<SettingReport>))]
[JsonSerializable(typeof(OverrideRequest))]
[JsonSerializable(typeof(DashboardProblem))]
internal sealed partial class ReportJson : JsonSerializerContext;
