using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Writes commands (RESP2). Those that are written during a send leave together in the next one.</summary>
internal sealed class RespCommands(Socket socket)
{
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _next = new();
    private ArrayBufferWriter<byte> _sent = new();
    private bool _isSending;

    /// <summary>Queues a command and returns at once.</summary>
    public void Write(params ReadOnlySpan<string> command)
    {
        lock (_lock)
        {
            WriteLength('*', command.Length);
            foreach (var part in command)
            {
                WriteLength('$', Encoding.UTF8.GetByteCount(part));
                Encoding.UTF8.GetBytes(part, _next);
                _next.Write("\r\n"u8);
            }

            if (!_isSending)
            {
                _isSending = true;
                _ = SendAsync();
            }
        }
    }

    private void WriteLength(char type, int length) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{type}{length}\r\n"), _next);

    private async Task SendAsync()
    {
        // Returns to the caller first, so that commands in a loop leave together.
        await Task.Yield();
        try
        {
            while (TakeNext() is { Length: > 0 } bytes)
            {
                for (var rest = bytes; rest.Length > 0;)
                {
                    rest = rest[await socket.SendAsync(rest)..];
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The loop that reads from the socket finds the loss.
            socket.Dispose();
        }
    }

    private ReadOnlyMemory<byte> TakeNext()
    {
        lock (_lock)
        {
            _sent.ResetWrittenCount();
            (_next, _sent) = (_sent, _next);
            _isSending = _sent.WrittenCount > 0;
            return _sent.WrittenMemory;
        }
    }
}
