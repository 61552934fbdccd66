namespace WsBalancer.BackendSample.Channels;

/// <summary>The members of a channel.</summary>
/// <remarks>Most channels belong to one user with one connection, who needs no set.</remarks>
internal sealed class MemberSet
{
    private IAudienceMember? _only;
    private HashSet<IAudienceMember>? _many;

    public int Count => _many?.Count ?? (_only is null ? 0 : 1);

    public IEnumerable<IAudienceMember> All => _many is not null ? _many : _only is null ? [] : [_only];

    public void Add(IAudienceMember member)
    {
        if (_many is null && (_only is null || _only == member))
        {
            _only = member;
            return;
        }

        _many ??= [_only!];
        _many.Add(member);
        _only = null;
    }

    public void Remove(IAudienceMember member)
    {
        _only = _only == member ? null : _only;
        _many?.Remove(member);
        if (_many is { Count: 0 })
        {
            _many = null;
        }
    }

    /// <summary>Posts the message to all members, except those that are ahead of it.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="ahead">The offsets until which members have received stored messages already.</param>
    public void Post(Delivery delivery, Dictionary<IAudienceMember, long>? ahead = null)
    {
        if (_only is not null)
        {
            Post(_only, delivery, ahead);
        }

        if (_many is not null)
        {
            foreach (var member in _many)
            {
                Post(member, delivery, ahead);
            }
        }
    }

    private static void Post(IAudienceMember member, Delivery delivery, Dictionary<IAudienceMember, long>? ahead)
    {
        if (ahead is null || !ahead.TryGetValue(member, out var until) || until < delivery.Position.Offset)
        {
            member.Post(delivery);
        }
    }
}
