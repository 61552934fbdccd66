using System.Globalization;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// One of the compared targets, written as <c>NAME=URL[,PID]</c>. Without a process, CPU and memory are not known.
/// </summary>
internal sealed record ComparedTarget(string Name, Uri Address, int? Process)
{
    public const string Expected = "NAME=URL[,PID], such as haproxy=ws://127.0.0.1:8081/ws,4711";

    /// <summary>The address without its query, which may hold a secret.</summary>
    public string Shown => Address.GetLeftPart(UriPartial.Path);

    public static ComparedTarget? Parse(string text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0)
        {
            return null;
        }

        // An address may contain commas: text after the last comma that is not a number belongs to the address.
        var address = text[(equals + 1)..];
        var comma = address.LastIndexOf(',');
        int? process = comma >= 0
            && int.TryParse(address[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : null;
        var url = process is null ? address : address[..comma];
        return WrittenUrl.TryParse(url, out var uri, "ws") && process is not 0
            ? new ComparedTarget(text[..equals], uri, process)
            : null;
    }
}
