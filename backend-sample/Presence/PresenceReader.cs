namespace WsBalancer.BackendSample.Presence;

/// <summary>
/// Reads who is in a room on all nodes: on this node from its memory, which is never late, and on others from the
/// store.
/// </summary>
internal sealed class PresenceReader(NodeOptions node, LocalPresence local, IPresenceStore store)
{
    /// <param name="room">The room.</param>
    /// <param name="users">The users to read; null for all.</param>
    /// <param name="most">The most users in the result.</param>
    public async Task<PresenceView> ReadAsync(string room, IReadOnlyList<string>? users, int most)
    {
        var others = await store.ReadAsync(room, users);

        // Read afterwards, so that it is as new as possible.
        var here = new NodePresence(node.Name, local.Read(room, users));
        return Merge([here, .. others ?? []], most, isPartial: others is null);
    }

    private static PresenceView Merge(IReadOnlyList<NodePresence> nodes, int most, bool isPartial)
    {
        var rows = nodes.SelectMany(one => one.Users.Select(user => (user.User, user.Devices, one.Node))).ToList();
        rows.Sort(static (one, other) => string.CompareOrdinal(one.User, other.User) is not 0 and var order
            ? order
            : string.CompareOrdinal(one.Node, other.Node));
        var (users, total) = (new List<UserPresence>(Math.Min(rows.Count, most)), 0);
        for (int start = 0, end; start < rows.Count; start = end)
        {
            var user = rows[start].User;
            for (end = start + 1; end < rows.Count && rows[end].User == user; end++)
            {
                // The rows of one user follow each other.
            }

            if (total++ < most)
            {
                var own = rows[start..end];
                users.Add(new UserPresence(
                    user, own.Sum(row => row.Devices), [.. own.Select(row => row.Node).Distinct()]));
            }
        }

        return new PresenceView(users, total, isPartial);
    }
}
