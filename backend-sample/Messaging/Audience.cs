using System.Collections.Concurrent;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>The members on this node that receive the messages of each channel.</summary>
internal sealed class Audience
{
    private readonly ConcurrentDictionary<string, HashSet<IAudienceMember>> _channels = new(StringComparer.Ordinal);

    /// <summary>Adds a member. The member receives the greeting before any message of the channel.</summary>
    public void Add(string channel, IAudienceMember member, ReadOnlyMemory<byte> greeting)
    {
        while (!TryAdd(channel, member, greeting))
        {
            // The set became empty and was removed before it was locked: retry with a new set.
        }
    }

    public void Remove(string channel, IAudienceMember member)
    {
        if (!_channels.TryGetValue(channel, out var members))
        {
            return;
        }

        lock (members)
        {
            members.Remove(member);
            if (members.Count == 0)
            {
                _channels.TryRemove(KeyValuePair.Create(channel, members));
            }
        }
    }

    /// <summary>
    /// Posts the message to every member. All members receive the messages of a channel in the same order.
    /// </summary>
    public void Deliver(string channel, ReadOnlyMemory<byte> message)
    {
        if (!_channels.TryGetValue(channel, out var members))
        {
            return;
        }

        lock (members)
        {
            foreach (var member in members)
            {
                member.Post(message);
            }
        }
    }

    private bool TryAdd(string channel, IAudienceMember member, ReadOnlyMemory<byte> greeting)
    {
        var members = _channels.GetOrAdd(channel, static _ => []);
        lock (members)
        {
            if (!_channels.TryGetValue(channel, out var current) || !ReferenceEquals(current, members))
            {
                return false;
            }

            member.Post(greeting);
            members.Add(member);
            return true;
        }
    }
}

/// <summary>A member of this node's audience, which can receive text messages.</summary>
internal interface IAudienceMember
{
    /// <summary>Queues the message and returns at once. The bytes are shared: they must not be changed.</summary>
    public void Post(ReadOnlyMemory<byte> message);
}
