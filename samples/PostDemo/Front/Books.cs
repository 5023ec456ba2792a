namespace PostDemo;

/// <summary>The outcomes of all posts. Accepted is the sum of the six numbers after it.</summary>
/// <param name="Accepted">Posts that were ever accepted.</param>
/// <param name="Waiting">Posts that wait.</param>
/// <param name="Running">Posts that run.</param>
/// <param name="Done">Posts that are done.</param>
/// <param name="Dead">Posts that failed for good, and wait for an operator.</param>
/// <param name="Cancelled">Posts that were cancelled while they waited.</param>
/// <param name="Discarded">Posts that failed for good, and were discarded.</param>
/// <param name="Rows">The rows of the target table, counted there.</param>
/// <param name="Repeated">Repeated runs of posts. They found the row and wrote nothing.</param>
/// <param name="Interrupted">Posts that were running when the process that ran them ended.</param>
/// <param name="Kills">How often the process that runs the jobs was killed with <c>/kill</c>.</param>
/// <param name="Worker">The state of the process that runs the jobs.</param>
/// <param name="Process">The id of that process; null if there is none.</param>
/// <param name="InKafka">
/// Posts that were answered with 202 and are still only in Kafka. Accepted does not include them. Null without Kafka,
/// or if Kafka does not answer.
/// </param>
internal sealed record Books(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted, int Kills, string Worker, int? Process, long? InKafka);
