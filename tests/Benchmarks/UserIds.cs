using System.Text;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>
/// The users of the lookups: GUIDs as text, 36 characters, the same in every run. Their number and random order prevent
/// that a processor learns the branches.
/// </summary>
internal static class UserIds
{
    /// <summary>The number of user ids; one invocation of a benchmark looks up each id once.</summary>
    public const int Count = 1024;

    private const int Seed = 20_11;

    public static string[] Texts()
    {
        var random = new Random(Seed);
        var bytes = new byte[16];
        var texts = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            random.NextBytes(bytes);
            texts[i] = new Guid(bytes).ToString();
        }

        return texts;
    }

    public static byte[][] Utf8() => Array.ConvertAll(Texts(), Encoding.UTF8.GetBytes);

    public static ulong[] Hashes(Ring ring) => Array.ConvertAll(Utf8(), id => ring.Hash(id));
}
