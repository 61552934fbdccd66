using System.Globalization;
using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Stores messages in Redis, where every node finds them.</summary>
/// <remarks>A restarted server has lost the scripts: then the client library sends them again.</remarks>
internal sealed class RedisStore(
    RedisLink link, HistoryOptions history, ILogger<RedisStore> logger, StoredPublish publish) : IMessageStore
{
    private RedisScripts? _scripts;
    private int _isRefused;

    public async Task<AppendResult> AppendAsync(
        string channel, string sender, string id, ReadOnlyMemory<byte> message)
    {
        if (link.IsAway)
        {
            return new AppendResult(AppendOutcome.Unavailable);
        }

        try
        {
            var scripts = await FindScriptsAsync();
            var result = await link.Keys.ScriptEvaluateAsync(
                scripts.Append,
                [HashOf(channel), MessagesOf(channel), IdOf(channel, sender, id), LiveOf(channel)],
                [
                    channel, message, history.Size, Milliseconds(history.Lifetime), Milliseconds(history.IdLifetime),
                    Milliseconds(history.EpochLifetime), Epoch.Create(),
                ]);
            _isRefused = 0;
            return new AppendResult(AppendOutcome.Stored, ChannelPosition.Parse((string)result[0]!)!.Value)
            {
                IsNewest = (bool)result[1],
            };
        }
        catch (Exception failure)
        {
            return new AppendResult(Note(channel, failure));
        }
    }

    public async Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered)
    {
        if (link.IsAway)
        {
            return null;
        }

        try
        {
            var scripts = await FindScriptsAsync();
            var result = await link.Keys.ScriptEvaluateAsync(
                scripts.Read,
                [HashOf(channel), MessagesOf(channel)],
                [
                    Epoch.Create(), delivered?.Epoch ?? "", delivered?.Offset ?? 0,
                    Milliseconds(history.EpochLifetime), after + 1,
                ]);
            return Window((string)result[0]!, (long)result[1], (RedisResult[])result[2]!);
        }
        catch (Exception failure)
        {
            Note(channel, failure);
            return null;
        }
    }

    public async Task<ChannelWindow?> ReadPageAsync(string channel, PageRequest request)
    {
        if (link.IsAway)
        {
            return null;
        }

        try
        {
            var scripts = await FindScriptsAsync();
            var result = await link.Keys.ScriptEvaluateAsync(
                scripts.ReadPage,
                [HashOf(channel), MessagesOf(channel)],
                [
                    Epoch.Create(), "", 0, Milliseconds(history.EpochLifetime),
                    request.Before ?? RedisValue.EmptyString, request.MaxMessages, request.MaxBytes,
                ]);
            return request.PageOf(Window((string)result[0]!, (long)result[1], (RedisResult[])result[2]!));
        }
        catch (Exception failure)
        {
            Note(channel, failure);
            return null;
        }
    }

    private static ChannelWindow Window(string epoch, long top, RedisResult[] messages)
    {
        var first = top - messages.Length + 1;
        var stored = messages.Select((message, index) =>
            new StoredMessage(new ChannelPosition(epoch, first + index), (byte[])message!)).ToList();

        // A message that another program wrote is missing, and so are those before it: a window has no gap.
        var other = stored.FindLastIndex(message => !message.IsObject);
        return new ChannelWindow(new ChannelPosition(epoch, top), stored[(other + 1)..]);
    }

    // The braces let a cluster of Redis keep the keys of one channel together.
    private static RedisKey HashOf(string channel) => $"ws:{{{channel}}}:top";

    private static RedisKey MessagesOf(string channel) => $"ws:{{{channel}}}:messages";

    /// <summary>The stream of all new messages of a channel, stored or not.</summary>
    public static RedisKey LiveOf(string channel) => $"ws:{{{channel}}}:live";

    // The length of the sender separates it from the id, whatever characters they have.
    private static RedisKey IdOf(string channel, string sender, string id) => string.Create(
        CultureInfo.InvariantCulture, $"ws:{{{channel}}}:id:{sender.Length}:{sender}:{id}");

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private async ValueTask<RedisScripts> FindScriptsAsync()
    {
        if (_scripts is { } known)
        {
            return known;
        }

        try
        {
            await link.Keys.StreamLengthAsync("ws:streams");
            return _scripts = RedisScripts.Streams.With(publish);
        }
        catch (RedisServerException failure) when (IsUnknownCommand(failure))
        {
            return _scripts = RedisScripts.Lists.With(publish);
        }
    }

    private static bool IsUnknownCommand(RedisServerException failure) =>
        failure.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase);

    private AppendOutcome Note(string channel, Exception failure)
    {
        RedisLog.StoreFailed(logger, channel, failure);
        link.NoteFailure(failure);
        switch (failure)
        {
            case RedisServerException refusal:
                if (Interlocked.Exchange(ref _isRefused, 1) == 0)
                {
                    RedisLog.StoreRefused(logger, refusal.Message);
                }

                return AppendOutcome.Refused;
            case RedisConnectionException lost when RedisLink.WasNeverSent(lost):
                return AppendOutcome.Unavailable;
            default:
                return AppendOutcome.Unknown;
        }
    }
}
