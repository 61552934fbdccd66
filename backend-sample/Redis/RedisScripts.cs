namespace WsBalancer.BackendSample.Redis;

/// <summary>
/// The Lua scripts that store and read messages. Each runs as one step of Redis, so that the order of the offsets is
/// the order in which the messages are published.
/// </summary>
/// <remarks>
/// The hash of a channel has its epoch (<c>e</c>) and the offset of its newest message (<c>s</c>). The messages are in
/// a stream, whose entry ids are the offsets, or in a list, for servers without streams.
/// </remarks>
internal sealed record RedisScripts(string Append, string Read, string ReadPage)
{
    // KEYS: hash, messages, id. ARGV: channel, message, size, lifetime, lifetime of ids, lifetime of the epoch, epoch.
    private const string AppendBegin =
        """
        local known = redis.call('GET', KEYS[3])
        if known then
          local top = redis.call('HMGET', KEYS[1], 'e', 's')
          return {known, known == (top[1] or '') .. ':' .. (top[2] or '') and 1 or 0}
        end
        local epoch = redis.call('HGET', KEYS[1], 'e')
        if not epoch then
          epoch = ARGV[7]
          redis.call('HSET', KEYS[1], 'e', epoch)
          redis.call('DEL', KEYS[2])
        end
        local offset = redis.call('HINCRBY', KEYS[1], 's', 1)

        """;

    private const string AppendEnd =
        """

        redis.call('PEXPIRE', KEYS[1], ARGV[6])
        redis.call('PEXPIRE', KEYS[2], ARGV[4])
        local position = epoch .. ':' .. offset
        redis.call('SET', KEYS[3], position, 'PX', ARGV[5])
        local frame = '\1' .. position .. '\n' .. ARGV[2]
        PUBLISH_FRAME
        return {position, 1}
        """;

    // KEYS: hash, messages. ARGV: epoch, delivered epoch, delivered offset, lifetime of the epoch, first offset that is
    // needed. A server that has lost messages which were delivered, for example in a crash, begins a new epoch.
    private const string ReadBegin =
        """
        local epoch = redis.call('HGET', KEYS[1], 'e')
        local top = tonumber(redis.call('HGET', KEYS[1], 's') or '0')
        if not epoch or (epoch == ARGV[2] and top < tonumber(ARGV[3])) then
          epoch = ARGV[1]
          top = 0
          redis.call('HSET', KEYS[1], 'e', epoch, 's', 0)
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
          redis.call('DEL', KEYS[2])
        end

        """;

    // The same as ReadBegin, but ARGV continues with: offset before which messages are needed, most messages, most
    // bytes. The newest message of the page has the offset "last".
    private const string ReadPageBegin = ReadBegin +
        """
        local last = top
        if ARGV[5] ~= '' then last = math.min(top, tonumber(ARGV[5]) - 1) end

        """;

    /// <summary>For Redis: a stream for each channel.</summary>
    public static readonly RedisScripts Streams = new(
        AppendBegin + "redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[3], offset .. '-0', 'm', ARGV[2])" + AppendEnd,
        ReadBegin +
        """
        local messages = {}
        for i, entry in ipairs(redis.call('XRANGE', KEYS[2], ARGV[5] .. '-0', '+')) do
          messages[i] = entry[2][2]
        end
        return {epoch, top, messages}
        """,
        // One by one, so that the script never holds more than the page.
        ReadPageBegin +
        """
        local messages, bytes = {}, 0
        for offset = last, last - tonumber(ARGV[6]) + 1, -1 do
          local entry = redis.call('XRANGE', KEYS[2], offset .. '-0', offset .. '-0')[1]
          if not entry then break end
          bytes = bytes + #entry[2][2]
          if bytes > tonumber(ARGV[7]) and offset < last then break end
          table.insert(messages, 1, entry[2][2])
        end
        return {epoch, last, messages}
        """);

    /// <summary>For servers without streams, such as Garnet: a list for each channel.</summary>
    public static readonly RedisScripts Lists = new(
        AppendBegin +
        """
        redis.call('RPUSH', KEYS[2], ARGV[2])
        redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1)
        """ + AppendEnd,
        ReadBegin +
        """
        local length = redis.call('LLEN', KEYS[2])
        local skipped = math.min(math.max(tonumber(ARGV[5]) - 1 - (top - length), 0), length)
        return {epoch, top, redis.call('LRANGE', KEYS[2], skipped, -1)}
        """,
        ReadPageBegin +
        """
        local oldest = top - redis.call('LLEN', KEYS[2]) + 1
        local first = math.max(last - tonumber(ARGV[6]) + 1, oldest)
        if first > last then return {epoch, last, {}} end
        return {epoch, last, redis.call('LRANGE', KEYS[2], first - oldest, last - oldest)}
        """);

    /// <summary>The same scripts with another way to publish a stored message.</summary>
    public RedisScripts With(StoredPublish publish) =>
        this with { Append = Append.Replace("PUBLISH_FRAME", publish.Script, StringComparison.Ordinal) };
}
