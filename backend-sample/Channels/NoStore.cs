using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>The store of a node that stores no messages: every channel is empty.</summary>
internal sealed class NoStore : IMessageStore
{
    private readonly ChannelPosition _start = new(Epoch.Create(), 0);

    public Task<AppendResult> AppendAsync(string channel, string sender, string id, ReadOnlyMemory<byte> message) =>
        Task.FromResult(new AppendResult(AppendOutcome.Unsupported));

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered) =>
        Task.FromResult<ChannelWindow?>(new ChannelWindow(_start, []));
}
