using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed unsafe partial class FakeRing
{
    // io_uring/net.c: MULTISHOT_MAX_RETRY; io_uring/poll.c: IO_POLL_UNMASK.
    private const int MostBuffersAtOnce = 32;
    private const uint Always = EpollEvent.Error | EpollEvent.HangUp | EpollEvent.ReadHangUp;

    private const int NoEntry = 2;
    private const int BadDescriptor = 9;

    private void Issue(in SubmissionEntry entry)
    {
        if (entry.Operation == UringConstants.AsyncCancel)
        {
            Complete(entry, Cancel(entry.Target));
        }
        else if (_kernel.Find(entry.Descriptor, "a request") is { } file)
        {
            Issue(entry, file);
        }
        else
        {
            Complete(entry, -BadDescriptor);
        }
    }

    private void Issue(in SubmissionEntry entry, FakeFile file)
    {
        switch (entry.Operation)
        {
            case UringConstants.PollAdd:
                Arm(Begin(entry, file, entry.OperationFlags | Always));
                break;
            case UringConstants.Receive:
                var receive = Begin(entry, file, EpollEvent.In | Always);
                if ((entry.Options & UringConstants.PollFirst) != 0 || Receive(receive, isFirst: true))
                {
                    Arm(receive);
                }

                break;
            case UringConstants.Send:
                Send(entry, (FakeSocket)file, new ReadOnlySpan<byte>(entry.Address, (int)entry.Length));
                break;
            case UringConstants.SendMessage:
                SendMessage(entry, (FakeSocket)file);
                break;
            case UringConstants.Accept:
                var accept = Begin(entry, file, EpollEvent.In | Always);
                if (Accept(accept))
                {
                    Arm(accept);
                }

                break;
            default:
                Complete(entry, -Errno.InvalidArgument);
                break;
        }
    }

    private RingRequest Begin(in SubmissionEntry entry, FakeFile file, uint wanted)
    {
        var request = new RingRequest(this, entry, file, wanted);
        _requests.Add(request);
        file.Hold();
        return request;
    }

    private void Arm(RingRequest request)
    {
        request.File.Watch(request);
        if ((request.File.Poll() & request.Wanted) != 0)
        {
            Queue(request);
        }
    }

    private int Cancel(ulong target)
    {
        var request = _requests.Find(request => request.Entry.UserData == target && !request.IsCancelled);
        if (request is null || request.HasYielded)
        {
            return -NoEntry;
        }

        request.IsCancelled = true;
        Queue(request);
        return 0;
    }

    private void WorkOn(RingRequest request)
    {
        request.IsQueued = false;
        var (wakes, events) = (request.Wakes, request.LastEvents);
        request.Wakes = 0;
        if (request.IsCancelled)
        {
            EndWith(request, -Errno.Cancelled);
            return;
        }

        switch (request.Entry.Operation)
        {
            case UringConstants.PollAdd:
                // A single wake-up has its own events; after several, the events are those that hold now.
                DeliverEvents(request, wakes == 1 && events != 0 ? events : request.File.Poll());
                break;
            case UringConstants.Receive:
                Receive(request, isFirst: false);
                break;
            case UringConstants.Accept:
                Accept(request);
                break;
            default:
                throw new InvalidOperationException();
        }
    }

    private void DeliverEvents(RingRequest request, uint all)
    {
        var events = all & request.Wanted;
        if (events == 0)
        {
            return;
        }

        if ((request.Entry.Length & UringConstants.PollMany) != 0)
        {
            CompleteAndContinue(request, (int)events);
        }
        else
        {
            EndWith(request, (int)events);
        }
    }

    // A request that is woken once for bytes and for the failure behind them receives the bytes, finds no more, and
    // waits. Only a request that begins to wait checks for a failure.
    private bool Receive(RingRequest request, bool isFirst)
    {
        request.HasYielded = false;
        for (var i = 0; i < MostBuffersAtOnce; i++)
        {
            if (_buffers!.Next() is not { } buffer)
            {
                EndWith(request, -Errno.NoBufferSpace);
                return false;
            }

            var socket = (FakeSocket)request.File;
            var result = socket.Receive(new Span<byte>((void*)buffer.Start, buffer.Length));
            if (result == -Errno.TryAgain)
            {
                return true;
            }

            if (result <= 0)
            {
                EndWith(request, result);
                return false;
            }

            _buffers.Take();
            var flags = UringConstants.HasBuffer | ((uint)buffer.Number << UringConstants.BufferShift);
            if (request.IsLast(result))
            {
                EndWith(request, result, flags);
                return false;
            }

            if (!CompleteAndContinue(request, result, flags))
            {
                return false;
            }

            if (!socket.HasMore)
            {
                return true;
            }
        }

        request.HasYielded = true;
        if (isFirst)
        {
            request.File.Watch(request);
        }

        Queue(request);
        return false;
    }

    private void Send(in SubmissionEntry entry, FakeSocket socket, ReadOnlySpan<byte> bytes)
    {
        var result = socket.Send(bytes);
        _world.Trace.Add(socket.Name, "sends by request", bytes.Length, result);
        if (result == bytes.Length)
        {
            Complete(entry, result);
        }
        else
        {
            // MSG_WAITALL makes a short send a failure, whose result is the number of sent bytes.
            Complete(entry with { Flags = 0 }, result);
        }
    }

    private void SendMessage(in SubmissionEntry entry, FakeSocket socket)
    {
        var message = (MessageHeader*)entry.Address;
        var all = new List<byte>();
        for (nuint i = 0; i < message->Count; i++)
        {
            all.AddRange(new ReadOnlySpan<byte>(message->Vectors[i].Start, (int)message->Vectors[i].Length));
        }

        Send(entry, socket, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all));
    }

    /// <returns>Whether the request must wait.</returns>
    private bool Accept(RingRequest request)
    {
        var isPending = (request.Entry.Options & UringConstants.AcceptMany) != 0;
        while (true)
        {
            var result = _kernel.AcceptOf((FakeListener)request.File);
            if (result == -Errno.TryAgain)
            {
                return true;
            }

            if (!isPending || result < 0)
            {
                EndWith(request, result);
                return false;
            }

            if (!CompleteAndContinue(request, result))
            {
                return false;
            }
        }
    }
}
