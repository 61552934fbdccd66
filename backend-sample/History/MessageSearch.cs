using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.History;

/// <summary>One search in the stored messages of a channel: a scan from the newest to the oldest.</summary>
/// <param name="text">The text to find.</param>
/// <param name="limit">The most messages to find.</param>
/// <param name="maxBytes">The most bytes of all found messages. One longer message is found alone.</param>
internal sealed class MessageSearch(string text, int limit, int maxBytes)
{
    /// <summary>The most messages and bytes of one read, so that other work continues.</summary>
    private const int ChunkMessages = 100;
    private const int ChunkBytes = 256 * 1024;

    private readonly List<StoredMessage> _found = [];
    private long _bytes;
    private bool _isFull;

    /// <summary>The found messages, the newest first.</summary>
    public IReadOnlyList<StoredMessage> Found => _found;

    /// <summary>The number of messages whose text was compared.</summary>
    public int Scanned { get; private set; }

    /// <summary>Scans until the oldest message, or until enough are found.</summary>
    /// <returns>False if the store is not available.</returns>
    public async Task<bool> ScanAsync(IMessageStore store, string channel, long? before)
    {
        string? epoch = null;
        while (!_isFull && before is not 1)
        {
            var chunk = await store.ReadPageAsync(channel, new PageRequest(before, ChunkMessages, ChunkBytes));
            if (chunk is null)
            {
                return false;
            }

            // In another epoch the messages before the offset are not those before the last chunk.
            if (chunk.Messages is not [var oldest, ..] || chunk.Top.Epoch != (epoch ??= chunk.Top.Epoch))
            {
                return true;
            }

            Scan(chunk);
            before = oldest.Position.Offset;

            // A store in memory answers at once, and a long scan must not keep a thread from other clients.
            await Task.Yield();
        }

        return true;
    }

    private void Scan(ChannelWindow chunk)
    {
        for (var index = chunk.Messages.Count - 1; index >= 0 && !_isFull; index--)
        {
            var message = chunk.Messages[index];
            Scanned++;
            if (MessageText.Contains(message.Bytes.Span, text))
            {
                Add(message);
            }
        }
    }

    private void Add(StoredMessage message)
    {
        _bytes += message.Bytes.Length;
        if (_found.Count == 0 || _bytes <= maxBytes)
        {
            _found.Add(message);
        }

        _isFull = _found.Count == limit || _bytes > maxBytes;
    }
}
