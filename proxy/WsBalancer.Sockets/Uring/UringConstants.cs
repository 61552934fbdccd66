namespace WsBalancer.Sockets.Uring;

/// <summary>Constants of io_uring (linux/io_uring.h; the system calls: asm-generic/unistd.h).</summary>
internal static class UringConstants
{
    /// <summary>IORING_SETUP_CQSIZE: the caller specifies the length of the completion queue.</summary>
    public const uint CompletionCountGiven = 1u << 3;

    /// <summary>IORING_SETUP_CLAMP: the length of a queue is reduced to the kernel's maximum.</summary>
    public const uint Clamp = 1u << 4;

    /// <summary>
    /// IORING_SETUP_SUBMIT_ALL: an invalid request does not prevent the submission of those after it.
    /// </summary>
    public const uint SubmitAll = 1u << 7;

    /// <summary>IORING_SETUP_SINGLE_ISSUER: one thread uses the ring.</summary>
    public const uint SingleIssuer = 1u << 12;

    /// <summary>
    /// IORING_SETUP_DEFER_TASKRUN: the kernel completes requests when that thread waits for completions, not whenever
    /// it enters the kernel.
    /// </summary>
    public const uint DeferTaskRun = 1u << 13;

    /// <summary>IORING_FEAT_SINGLE_MMAP: one mapping contains both queues.</summary>
    public const uint SingleMap = 1u << 0;

    // IORING_OFF_SQ_RING, IORING_OFF_SQES: offsets of the mappings in the ring's descriptor.
    public const nint QueuesOffset = 0;
    public const nint EntriesOffset = 0x10000000;

    /// <summary>
    /// IORING_FEAT_MIN_TIMEOUT (Linux 6.12): a wait for many completions may end with fewer after a time.
    /// </summary>
    public const uint MinimalWait = 1u << 15;

    /// <summary>IORING_ENTER_GETEVENTS.</summary>
    public const uint GetEvents = 1u << 0;

    /// <summary>IORING_ENTER_EXT_ARG: the argument is a <see cref="WaitArgument"/>.</summary>
    public const uint WaitArgumentGiven = 1u << 3;

    /// <summary>IORING_SQ_CQ_OVERFLOW: completions wait in the kernel, because the queue was full.</summary>
    public const uint Overflow = 1u << 1;

    // IORING_REGISTER_PBUF_RING.
    public const int RegisterBufferRing = 22;

    // IORING_OP_….
    public const byte PollAdd = 6;
    public const byte SendMessage = 9;
    public const byte Accept = 13;
    public const byte AsyncCancel = 14;
    public const byte Send = 26;
    public const byte Receive = 27;

    /// <summary>IOSQE_BUFFER_SELECT: the kernel takes one of the provided buffers.</summary>
    public const byte SelectBuffer = 1 << 5;

    /// <summary>IOSQE_CQE_SKIP_SUCCESS: only a failure has a completion.</summary>
    public const byte SkipSuccess = 1 << 6;

    /// <summary>IORING_ACCEPT_MULTISHOT.</summary>
    public const ushort AcceptMany = 1 << 0;

    /// <summary>IORING_RECVSEND_POLL_FIRST: the kernel polls first, because a receive would find nothing yet.</summary>
    public const ushort PollFirst = 1 << 0;

    /// <summary>IORING_RECV_MULTISHOT.</summary>
    public const ushort ReceiveMany = 1 << 1;

    /// <summary>IORING_POLL_ADD_MULTI.</summary>
    public const uint PollMany = 1 << 0;

    // POLLIN, POLLOUT, POLLERR, POLLHUP.
    public const uint PollIn = 0x1;
    public const uint PollOut = 0x4;
    public const uint PollError = 0x8;
    public const uint PollHangUp = 0x10;

    /// <summary>The events after which a send does not find a full send buffer: there is room, or an error.</summary>
    public const uint Room = PollOut | PollError | PollHangUp;

    /// <summary>IORING_CQE_F_BUFFER: the upper 16 bits contain the number of a buffer.</summary>
    public const uint HasBuffer = 1u << 0;

    /// <summary>IORING_CQE_F_MORE: the request is still pending, and may complete again.</summary>
    public const uint More = 1u << 1;

    /// <summary>IORING_CQE_BUFFER_SHIFT.</summary>
    public const int BufferShift = 16;
}
