namespace QueueAdmission.Redis;

/// <summary>The two Lua scripts. The server runs each script atomically.</summary>
/// <remarks>
/// <para>The key holds a hash with the fields <c>v</c> (version) and <c>d</c> (document).</para>
/// <para>The identity consists of <c>run_id</c> and <c>master_replid</c>. The <c>run_id</c> changes when the process
/// restarts, and differs between primary and replica. The <c>master_replid</c> changes when a replica is promoted. This
/// covers a process that was a primary, became a replica, took the data of another primary, and is a primary again. The
/// <c>master_replid</c> also changes when the first replica of a primary connects, which only costs one learning
/// phase.</para>
/// <para>The time is the server's, in microseconds.</para>
/// </remarks>
internal static class RedisScripts
{
    private const string Prologue = """
        local replication = redis.call('INFO', 'replication')
        if string.match(replication, 'role:(%w+)') ~= 'master' then
            return redis.error_reply('READONLY the server is a replica')
        end
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        if not run then return redis.error_reply('ERR INFO does not contain the run_id') end
        local identity = run .. '.' .. (string.match(replication, 'master_replid:(%w+)') or '')
        local clock = redis.call('TIME')
        local time = clock[1] .. string.format('%06d', tonumber(clock[2]))
        local found = redis.call('HMGET', KEYS[1], 'v', 'd')
        """;

    /// <summary>The script that returns identity, time, version and document.</summary>
    public const string Read = Prologue + "\n" + """
        return {identity, time, found[1], found[2]}
        """;

    /// <summary>
    /// The script that writes the document. Arguments: expected version (empty for none), expected identity, version,
    /// document, milliseconds to keep the document, channel (empty for no signal), signal. If the write is refused, the
    /// script returns the same as <see cref="Read"/>. Otherwise it returns 1, or 2 if the account may not publish.
    /// </summary>
    public const string Write = Prologue + "\n" + """
        if (found[1] or '') ~= ARGV[1] or identity ~= ARGV[2] then return {identity, time, found[1], found[2]} end
        redis.call('HSET', KEYS[1], 'v', ARGV[3], 'd', ARGV[4])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        if ARGV[6] == '' then return 1 end
        local published = redis.pcall('PUBLISH', ARGV[6], ARGV[7])
        if type(published) == 'table' and published.err then return 2 end
        return 1
        """;
}
