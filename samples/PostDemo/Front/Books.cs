namespace PostDemo;

/// <summary>What became of all posts. Accepted is the sum of the six numbers below it.</summary>
/// <param name="Accepted">Posts that were ever accepted.</param>
/// <param name="Waiting">Posts that wait.</param>
/// <param name="Running">Posts that run.</param>
/// <param name="Done">Posts that are done.</param>
/// <param name="Dead">Posts that failed for good, and wait for an operator.</param>
/// <param name="Cancelled">Posts that were cancelled while they waited.</param>
/// <param name="Discarded">Posts that failed for good, and were discarded.</param>
/// <param name="Rows">The rows of the target table, counted there.</param>
/// <param name="Repeated">Runs beyond the first one that ended. They found the row, and wrote nothing.</param>
/// <param name="Interrupted">Posts that were under way when the process that ran them was killed.</param>
/// <param name="Kills">How often the process was killed.</param>
/// <param name="Worker">What the process does at the moment.</param>
/// <param name="Process">Its id; null if there is none.</param>
/// <param name="InKafka">
/// Posts with a 202 that are in Kafka only, and not among those above. Null without Kafka, or if it does not answer.
/// </param>
internal sealed record Books(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted, int Kills, string Worker, int? Process, long? InKafka);
