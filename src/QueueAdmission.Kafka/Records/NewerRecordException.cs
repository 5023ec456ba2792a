using System.Globalization;

namespace QueueAdmission.Kafka;

/// <summary>Thrown if a record was written by a newer release.</summary>
internal sealed class NewerRecordException(byte version)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"the record was written by a newer release (version {version}); "
        + $"this release reads version {JobRecord.Version}"));
