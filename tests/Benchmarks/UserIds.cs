using System.Text;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>
/// The users who are looked up: GUIDs as text, 36 characters. So many, and in no order, that no processor learns their
/// branches; the same ones in every run.
/// </summary>
internal static class UserIds
{
    /// <summary>How many there are; one invocation of a benchmark looks each up once.</summary>
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
