using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

public sealed class SchemeReaderTests
{
    [Theory]
    [InlineData("GET ws://x/a HTTP/1.1\r\n\r\nrest", "GET http://x/a HTTP/1.1\r\n\r\nrest", true)]
    [InlineData("OPTIONS WSS://x HTTP/1.1\r\n\r\n", "OPTIONS https://x HTTP/1.1\r\n\r\n", true)]
    [InlineData("GET http://x/a HTTP/1.1\r\n\r\n", "GET http://x/a HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET /ws:// HTTP/1.1\r\n\r\n", "GET /ws:// HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET wsx://x HTTP/1.1\r\n\r\n", "GET wsx://x HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\n\r\nGET ws://x/", "GET / HTTP/1.1\r\n\r\nGET ws://x/", false)]
    [InlineData("AVERYLONGMETHODINDEED ws://x/", "AVERYLONGMETHODINDEED ws://x/", false)]
    [InlineData("\u0016\u0003\u0001 ws://", "\u0016\u0003\u0001 ws://", false)]
    [InlineData("GET w", "GET w", false)]
    public async Task Scheme_OfTheFirstRequest_IsThatOfHttp(string sent, string expected, bool isRewritten)
    {
        // The bytes arrive at once, or in two pieces split anywhere. The reader consumes parts of them, like a server.
        for (var cut = 0; cut < sent.Length; cut++)
        {
            var rewritten = 0;
            var pipe = new Pipe();
            var reader = new SchemeReader(pipe.Reader, () => rewritten++);
            var reading = ReadAsync(reader, firstLength: 3 + cut);

            await WriteAsync(pipe.Writer, sent[..cut]);
            await WriteAsync(pipe.Writer, sent[cut..]);
            await pipe.Writer.CompleteAsync();

            Assert.Equal(expected, await reading);
            Assert.Equal(isRewritten ? 1 : 0, rewritten);
        }
    }

    private static async Task WriteAsync(PipeWriter writer, string text)
    {
        if (text.Length > 0)
        {
            await writer.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
        }
    }

    // The first request line is consumed only once it is complete.
    private static async Task<string> ReadAsync(PipeReader reader, int firstLength)
    {
        var text = new StringBuilder();
        while (true)
        {
            var result = await reader.ReadAsync(TestContext.Current.CancellationToken);
            var isFirst = text.Length == 0;
            var line = result.Buffer.PositionOf((byte)'\n');
            if (isFirst && line is null && !result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            var length = Math.Min(result.Buffer.Length, Math.Max(firstLength, 1));
            text.Append(Encoding.Latin1.GetString(result.Buffer.Slice(0, length).ToArray()));
            reader.AdvanceTo(result.Buffer.GetPosition(length));
            if (result.IsCompleted && length == result.Buffer.Length)
            {
                return text.ToString();
            }
        }
    }
}
