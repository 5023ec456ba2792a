using Npgsql;
using NpgsqlTypes;
using static QueueAdmission.PostgreSql.JobValues;

namespace QueueAdmission.PostgreSql;

/// <summary>Ends attempts of a node and claims jobs for the node, in one call.</summary>
internal sealed class AdvanceCommand(string schema)
{
    public JobAdvance Execute(
        NpgsqlConnection connection, string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        var numbers = NumbersOfFirst(ends);
        using var command = new NpgsqlCommand(
            $"SELECT * FROM {schema}.job_advance_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = JobText.ToStored(node) },
                Array(NpgsqlDbType.Uuid, Select(numbers, i => ends[i].Id)),
                Array(NpgsqlDbType.Text, Select(numbers, i => JobText.ToStored(ends[i].Queue))),
                Array(NpgsqlDbType.Bigint, Select(numbers, i => ends[i].Claim)),
                Array(NpgsqlDbType.Smallint, Select(numbers, i => (short)ends[i].Kind)),
                Array(NpgsqlDbType.Bytea, Select(numbers, i => ends[i].Result)),
                Array(NpgsqlDbType.Bigint, Select(numbers, i => ToMicroseconds(ends[i].Delay))),
                Array(NpgsqlDbType.Text, Select(numbers, i => ReasonOf(ends[i]))),
                Array(NpgsqlDbType.Text, Select(claims, claim => JobText.ToStored(claim.Queue))),
                Array(NpgsqlDbType.Integer, Select(claims, claim => claim.Max)),
            },
        };
        var counted = new bool[ends.Count];
        List<ClaimedJob> jobs = [];
        List<int> later = [];
        long? due = null;
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                switch (rows.GetInt16(0))
                {
                    case 0:
                        foreach (var number in rows.GetFieldValue<long[]>(2))
                        {
                            counted[numbers[(int)number - 1]] = true;
                        }
                        break;
                    case 1:
                        if (rows.IsDBNull(6))
                        {
                            later.Add(jobs.Count);
                        }
                        jobs.Add(ReadClaimed(rows, rows.IsDBNull(6) ? null : rows.GetFieldValue<byte[]>(6)));
                        break;
                    default:
                        due = Math.Min(due ?? long.MaxValue, rows.GetInt64(1));
                        break;
                }
            }
        }
        if (later.Count > 0)
        {
            ReadPayloads(connection, jobs, later);
        }
        return new JobAdvance
        {
            Ends = counted,
            Jobs = jobs,
            NextDue = due is { } time ? FromMicroseconds(time) : null,
        };
    }

    /// <summary>
    /// Returns the indexes of the ends to send. If one claim has several ends, only the first of them is sent.
    /// </summary>
    private static List<int> NumbersOfFirst(IReadOnlyList<JobEnd> ends)
    {
        var numbers = new List<int>();
        var seen = new HashSet<(Guid, long)>();
        for (var i = 0; i < ends.Count; i++)
        {
            if (seen.Add((ends[i].Id, ends[i].Claim)))
            {
                numbers.Add(i);
            }
        }
        return numbers;
    }

    private static string? ReasonOf(JobEnd end) =>
        end.Kind is JobEndKind.Retry or JobEndKind.Dead && end.Reason is { } reason ? JobText.ToStored(reason) : null;

    private static ClaimedJob ReadClaimed(NpgsqlDataReader rows, byte[]? payload) => new()
    {
        Claim = rows.GetInt64(1),
        Id = rows.GetGuid(3),
        Queue = JobText.FromStored(rows.GetString(4)),
        Route = JobText.FromStored(rows.GetString(5)),
        Payload = payload ?? [],
        AcceptedAt = new DateTimeOffset(rows.GetInt64(7), TimeSpan.Zero),
        Priority = (JobPriority)rows.GetInt16(8),
        Weight = rows.GetInt32(9),
        Attempt = rows.GetInt32(10),
    };

    /// <summary>Reads the payloads that were too large to be sent while the locks of the claim were held.</summary>
    private void ReadPayloads(NpgsqlConnection connection, List<ClaimedJob> jobs, List<int> later)
    {
        using var command = new NpgsqlCommand($"SELECT * FROM {schema}.job_payloads_1($1, $2)", connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Uuid, Select(later, i => jobs[i].Id)),
                Array(NpgsqlDbType.Bigint, Select(later, i => jobs[i].Claim)),
            },
        };
        var payloads = new Dictionary<Guid, byte[]>();
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                payloads[rows.GetGuid(0)] = rows.GetFieldValue<byte[]>(1);
            }
        }
        foreach (var i in later)
        {
            var job = jobs[i];
            if (!payloads.TryGetValue(job.Id, out var payload))
            {
                throw new JobStoreException(
                    JobStoreProblem.Unreachable,
                    "PostgreSQL: another node took over the claimed jobs before they were read.");
            }
            jobs[i] = new ClaimedJob
            {
                Claim = job.Claim,
                Id = job.Id,
                Queue = job.Queue,
                Route = job.Route,
                Payload = payload,
                AcceptedAt = job.AcceptedAt,
                Priority = job.Priority,
                Weight = job.Weight,
                Attempt = job.Attempt,
            };
        }
    }
}
