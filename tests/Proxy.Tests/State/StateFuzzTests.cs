using System.Text;
using System.Text.RegularExpressions;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>
/// Damaged state files, the same ones in each run: a start either works, or fails with the one sentence of a
/// <see cref="StateFileException"/>.
/// </summary>
public sealed partial class StateFuzzTests : IDisposable
{
    private static readonly string[] Parts =
    [
        "null", "{}", "[]", "\"\"", "-1", "0", "1e400", "2251799813685248", "4503599627370496", "true", "\"chat\"",
        "\"CHAT\"", "\"ws-1\"", "\"WS-1\"", "\"ws 1\"", "\"\\ud800\"", "\"\\u0000\"", "\"weight\"", "\"drain\"",
        "\"member\"", "\"blend\"", "\"removal\"", "\"maglev\"", "\"haproxy\"", "\"http://ws-2.invalid/\"",
        "\"http://u@h/?q\"", "\"inEffect\"", "\"lapsed\"", "\"added\"", "\"registered\"", "\"running\"", "65535",
        "65536",
    ];

    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void FileWithDamagedBytes_IsReadOrRefused(int seed)
    {
        var random = new Random(seed);
        var sound = Sound();
        for (var i = 0; i < 500; i++)
        {
            File.Delete(_folder.Previous);
            File.WriteAllBytes(_folder.Path, Damage(sound, random));

            LoadOrRefuse();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void FileWithOtherValues_IsReadOrRefused(int seed)
    {
        var random = new Random(seed);
        var sound = Encoding.UTF8.GetString(Sound());
        for (var i = 0; i < 500; i++)
        {
            File.Delete(_folder.Previous);
            File.WriteAllText(_folder.Path, Exchange(sound, random));

            LoadOrRefuse();
        }
    }

    // A fleet must also be built from the values that were read.
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task BalancerOverAFileWithOtherValues_StartsOrIsRefused(int seed)
    {
        var random = new Random(seed);
        var sound = Encoding.UTF8.GetString(Sound());
        var settings = ChatSettings.OfNodes("ws-1", "ws-2").With("WsBalancer:State:Path", _folder.Path);
        var started = 0;
        for (var i = 0; i < 25; i++)
        {
            File.Delete(_folder.Previous);
            File.WriteAllText(_folder.Path, Exchange(sound, random));
            try
            {
                await using var app = await BalancerApp.StartAsync(settings);
                Assert.NotNull(app.Chat.Current.Ring);
                started++;
                await app.StopAsync();
            }
            catch (StateFileException ex)
            {
                Assert.EndsWith(".", ex.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(started > 0, "Every start was refused, so that nothing of a start was tried.");
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        var bytes = sound.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.Add((byte)'}');
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Exchange(string sound, Random random)
    {
        var values = Value().Matches(sound);
        var exchanged = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(values.Count)).ToHashSet();
        var text = new StringBuilder();
        var end = 0;
        foreach (var (match, i) in values.Select((match, i) => (match, i)))
        {
            text.Append(sound, end, match.Index - end);
            text.Append(exchanged.Contains(i) ? Parts[random.Next(Parts.Length)] : match.Value);
            end = match.Index + match.Length;
        }

        return text.Append(sound, end, sound.Length - end).ToString();
    }

    [GeneratedRegex("""(?<=: ?)("[^"]*"|-?[0-9.]+|null|true|false)""")]
    private static partial Regex Value();

    private byte[] Sound()
    {
        _folder.Save([.. StateSample.OfEveryKind]);
        return File.ReadAllBytes(_folder.Path);
    }

    private void LoadOrRefuse()
    {
        try
        {
            using var store = new StateStore("b-1", _folder.Open()).Load();
            Assert.All(store.Records.All, record => Assert.Null(RecordBounds.MistakeIn(record)));
        }
        catch (StateFileException ex)
        {
            Assert.EndsWith(".", ex.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', ex.Message);
        }
    }
}
