using Npgsql;
using NpgsqlTypes;

namespace QueueAdmission.PostgreSql;

/// <summary>Converts values to and from the types that the functions in <c>jobs.sql</c> use.</summary>
internal static class JobValues
{
    public static NpgsqlParameter Array<T>(NpgsqlDbType type, T[] values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };

    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> read)
    {
        var result = new TResult[items.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = read(items[i]);
        }
        return result;
    }

    /// <summary>Returns a time in microseconds, rounded away from 0, so that only 0 becomes 0.</summary>
    public static long ToMicroseconds(TimeSpan time) =>
        time.Ticks / TimeSpan.TicksPerMicrosecond + Math.Sign(time.Ticks % TimeSpan.TicksPerMicrosecond);

    public static TimeSpan FromMicroseconds(long time) => time > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
        ? TimeSpan.MaxValue
        : new TimeSpan(time * TimeSpan.TicksPerMicrosecond);

    /// <summary>Returns a time of the server's clock, or null for 0, which means that there is no time.</summary>
    public static DateTimeOffset? ToTime(long time) =>
        time == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond);
}
