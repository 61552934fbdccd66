using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Redis;

/// <summary>A connection to Redis that only subscribes. One loop reads it and delivers its messages in order.</summary>
/// <remarks>
/// The client library has a queue of 2.5 KB for each channel. Here a channel costs nothing, because the connection
/// itself is the one ordered queue of all channels. A lost connection is not replaced: its owner makes a new one.
/// </remarks>
internal sealed class RedisSubscriber : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Audience _audience;
    private readonly ILogger _logger;
    private readonly Socket _socket;
    private readonly RespCommands _commands;
    private readonly Lock _lock = new();

    /// <summary>The commands without a reply, in order: Redis replies in the same order.</summary>
    private readonly Queue<Command> _pending = new();

    private char[] _channel = new char[256];
    private Task _reading = Task.CompletedTask;
    private bool _isLost;
    private bool _isRefused;

    private RedisSubscriber(Socket socket, Audience audience, ILogger logger)
    {
        _socket = socket;
        _audience = audience;
        _logger = logger;
        _commands = new RespCommands(socket);
    }

    /// <summary>The number of messages that were received.</summary>
    public long Received { get; private set; }

    /// <summary>Completes when the connection is lost: then no channel is subscribed any more.</summary>
    public Task Lost => _reading;

    /// <summary>Why the connection was closed on this side; null if it was not, or as intended.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Connects, and waits until Redis answers.</summary>
    /// <returns>Null if Redis does not answer in time.</returns>
    public static async Task<RedisSubscriber?> ConnectAsync(
        EndPoint endpoint, string name, Audience audience, TimeSpan timeout, ILogger logger)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var subscriber = new RedisSubscriber(socket, audience, logger);
        try
        {
            using var deadline = new CancellationTokenSource(timeout);
            await socket.ConnectAsync(endpoint, deadline.Token);
            subscriber._reading = subscriber.ReadAsync();

            // A server that does not know the command replies with an error, which is an answer too.
            _ = subscriber.SendAsync("CLIENT", "SETNAME", name);
            if (await subscriber.PingAsync(timeout))
            {
                return subscriber;
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            subscriber.Lose();
        }

        await subscriber.DisposeAsync();
        return null;
    }

    /// <returns>Whether the channel is subscribed. If not, the connection is lost or Redis refused.</returns>
    public Task<bool> SubscribeAsync(string channel) => SendAsync("SUBSCRIBE", channel);

    public Task<bool> UnsubscribeAsync(string channel) => SendAsync("UNSUBSCRIBE", channel);

    /// <summary>Waits for the reply to a PING. Without one in time, the connection is closed.</summary>
    public async Task<bool> PingAsync(TimeSpan timeout)
    {
        try
        {
            return await SendAsync("PING").WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            Lose();
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Lose();
        await _reading;
    }

    private Task<bool> SendAsync(params ReadOnlySpan<string> command)
    {
        var reply = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isLost)
            {
                return Task.FromResult(false);
            }

            _pending.Enqueue(new Command(reply, IsSubscribe: command[0] == "SUBSCRIBE"));
            _commands.Write(command);
        }

        return reply.Task;
    }

    private async Task ReadAsync()
    {
        await using var stream = new NetworkStream(_socket, ownsSocket: false);
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize));
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync();
                var rest = Handle(read.Buffer);
                input.AdvanceTo(rest, read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception failure)
        {
            Failure = failure is IOException or ObjectDisposedException ? null : failure;
        }
        finally
        {
            Lose();
            await input.CompleteAsync();
        }
    }

    private SequencePosition Handle(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        var handled = reader.Position;
        while (RespReply.TryRead(ref reader, out var reply))
        {
            handled = reader.Position;
            if (reply.Kind is RespReplyKind.Message)
            {
                Deliver(reply);
            }
            else if (reply.Kind is not RespReplyKind.Other)
            {
                Complete(reply);
            }
        }

        return handled;
    }

    private void Deliver(RespReply message)
    {
        Received++;
        if (message.Channel.Length > _channel.Length)
        {
            _channel = new char[message.Channel.Length];
        }

        var length = Encoding.UTF8.GetChars(message.Channel, _channel);
        _audience.Deliver(_channel.AsSpan(0, length), message.Payload);
    }

    private void Complete(RespReply reply)
    {
        Command command;
        lock (_lock)
        {
            if (!_pending.TryDequeue(out command))
            {
                return;
            }
        }

        var isRefused = reply.Kind is RespReplyKind.Error;
        if (isRefused && command.IsSubscribe && !_isRefused)
        {
            // Logged once for each connection: the command is repeated for each channel and each second.
            _isRefused = true;
            RedisLog.SubscribeRefused(_logger, Encoding.UTF8.GetString(reply.Payload));
        }

        command.Reply.SetResult(!isRefused);
    }

    private void Lose()
    {
        lock (_lock)
        {
            _isLost = true;
            while (_pending.TryDequeue(out var command))
            {
                command.Reply.SetResult(false);
            }
        }

        _socket.Dispose();
    }

    private readonly record struct Command(TaskCompletionSource<bool> Reply, bool IsSubscribe);
}
