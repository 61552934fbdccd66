using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.History;

/// <summary>Answers requests for the stored messages of rooms.</summary>
/// <remarks>A null in a conditional expression would become an empty answer, so each is returned on its own.</remarks>
internal sealed class MessageHistory(IMessageStore store, NodeOptions options)
{
    /// <summary>The most bytes of the messages in one answer.</summary>
    private const int MaxPageBytes = 256 * 1024;

    // An answer must leave space for others in the queue of a client, or a client that requests two would look slow.
    private readonly int _maxBytes = Math.Min(MaxPageBytes, options.MaxQueueBytes / 4);

    /// <param name="room">The room.</param>
    /// <param name="query">The requested messages.</param>
    /// <param name="id">The id of the request, which the answer repeats; null without one.</param>
    /// <returns>The answer for the client; null if the store is not available.</returns>
    public Task<ReadOnlyMemory<byte>?> AnswerAsync(string room, MessageQuery query, string? id) => query.Text is null
        ? ReadAsync(room, query, id)
        : SearchAsync(room, query, query.Text, id);

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(string room, MessageQuery query, string? id)
    {
        var page = await store.ReadPageAsync(
            ChannelName.Room(room), new PageRequest(query.Before, query.Limit, _maxBytes));
        if (page is null)
        {
            return null;
        }

        return HistoryAnswer.History(room, id, page);
    }

    private async Task<ReadOnlyMemory<byte>?> SearchAsync(string room, MessageQuery query, string text, string? id)
    {
        var search = new MessageSearch(text, query.Limit, _maxBytes);
        if (!await search.ScanAsync(store, ChannelName.Room(room), query.Before))
        {
            return null;
        }

        return HistoryAnswer.Search(room, id, search);
    }
}
