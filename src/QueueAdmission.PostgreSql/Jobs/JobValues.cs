using Npgsql;
using NpgsqlTypes;

namespace QueueAdmission.PostgreSql;

/// <summary>Values as the functions in <c>jobs.sql</c> take and return them.</summary>
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

    /// <summary>A time as microseconds. A time that is not 0 does not become 0.</summary>
    public static long ToMicroseconds(TimeSpan time) =>
        time.Ticks / TimeSpan.TicksPerMicrosecond + Math.Sign(time.Ticks % TimeSpan.TicksPerMicrosecond);

    public static TimeSpan FromMicroseconds(long time) => time > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
        ? TimeSpan.MaxValue
        : new TimeSpan(time * TimeSpan.TicksPerMicrosecond);

    /// <summary>A moment of the server's clock; null for 0, which stands for none.</summary>
    public static DateTimeOffset? ToTime(long time) =>
        time == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond);
}
