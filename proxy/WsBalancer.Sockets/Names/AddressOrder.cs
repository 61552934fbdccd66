using System.Net;

namespace WsBalancer.Sockets.Names;

/// <summary>The order in which the addresses of a name are tried (RFC 8305 §4).</summary>
internal static class AddressOrder
{
    /// <summary>
    /// Each address once: first the good one, if the answer contains it, then addresses of the other family and of the
    /// same family in turn, so that a family that does not work never costs several attempts in a row.
    /// </summary>
    /// <param name="answer">The addresses of the resolver, in its order of preference.</param>
    /// <param name="good">The address that accepted a connection last; null if there is none.</param>
    public static IPAddress[] Of(IReadOnlyCollection<IPAddress> answer, IPAddress? good)
    {
        var addresses = answer.Distinct().ToList();
        if (good is not null && addresses.Remove(good))
        {
            addresses.Insert(0, good);
        }

        var families = addresses.GroupBy(static address => address.AddressFamily);
        return
        [
            .. from family in families.Index()
               from address in family.Item.Index()
               orderby address.Index, family.Index
               select address.Item,
        ];
    }
}
