namespace QueueAdmission;
internal enum JobPriority { Low = -1, Normal = 0, High = 1, Critical = 2 }
