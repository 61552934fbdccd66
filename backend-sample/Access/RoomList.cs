namespace WsBalancer.BackendSample.Access;

/// <summary>The rooms of a claim: names, or prefixes with <c>*</c> at the end.</summary>
internal sealed class RoomList
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    public RoomList(IEnumerable<string> rooms)
    {
        foreach (var room in rooms)
        {
            if (room.EndsWith('*'))
            {
                _prefixes.Add(room[..^1]);
            }
            else
            {
                _names.Add(room);
            }
        }
    }

    public bool Contains(string room) =>
        _names.Contains(room) || _prefixes.Exists(prefix => room.StartsWith(prefix, StringComparison.Ordinal));
}
