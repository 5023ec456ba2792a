using System.Globalization;

namespace QueueAdmission.Kafka;

/// <summary>A newer release has written a record.</summary>
internal sealed class NewerRecordException(byte version)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"the record was written by a newer release (version {version}); this release reads version {JobRecord.Version}"));
