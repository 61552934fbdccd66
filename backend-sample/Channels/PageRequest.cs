namespace WsBalancer.BackendSample.Channels;

/// <summary>A request for a page of stored messages: the newest ones before an offset.</summary>
/// <param name="Before">The offset before which the messages are; null for the newest of all.</param>
/// <param name="MaxMessages">The most messages.</param>
/// <param name="MaxBytes">The most bytes of all messages. One longer message is a page of its own.</param>
internal sealed record PageRequest(long? Before, int MaxMessages, int MaxBytes)
{
    /// <summary>The page in a window with at least the requested messages.</summary>
    public ChannelWindow PageOf(ChannelWindow window)
    {
        var top = Math.Min(window.Top.Offset, Before - 1 ?? window.Top.Offset);
        var end = (int)Math.Max(0, window.Messages.Count - (window.Top.Offset - top));
        var start = end;
        for (long bytes = 0; start > 0 && end - start < MaxMessages; start--)
        {
            bytes += window.Messages[start - 1].Bytes.Length;
            if (bytes > MaxBytes && start < end)
            {
                break;
            }
        }

        return new ChannelWindow(window.Top with { Offset = top }, [.. window.Messages.Take(start..end)]);
    }
}
