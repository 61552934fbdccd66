namespace WsBalancer.BackendSample.Sessions;

/// <summary>A queue of outgoing messages. A linked list, so that an empty queue needs no memory.</summary>
internal struct OutgoingQueue
{
    private Outgoing? _first;
    private Outgoing? _last;

    public readonly bool IsEmpty => _first is null;

    public void Add(Outgoing outgoing)
    {
        if (_last is null)
        {
            _first = outgoing;
        }
        else
        {
            _last.Next = outgoing;
        }

        _last = outgoing;
    }

    /// <summary>Moves the messages of another queue, which must not be used any more, to the end of this one.</summary>
    public void Append(OutgoingQueue other)
    {
        if (other._first is { } first)
        {
            Add(first);
            _last = other._last;
        }
    }

    public Outgoing? Take()
    {
        var taken = _first;
        _first = taken?.Next;
        _last = _first is null ? null : _last;
        if (taken is not null)
        {
            taken.Next = null;
        }

        return taken;
    }
}
