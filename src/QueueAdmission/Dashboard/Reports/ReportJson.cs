using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>How reports are written: always the same, whatever the application does with its own JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(QueuesReport))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(WaitingJobs))]
[JsonSerializable(typeof(RunningJobsReport))]
[JsonSerializable(typeof(LiveReport))]
[JsonSerializable(typeof(OverrideRequest))]
[JsonSerializable(typeof(SteeringProblem))]
internal sealed partial class ReportJson : JsonSerializerContext;
