using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// The two queues of an io_uring: requests to the kernel, and their completions. Used on one thread only, from its
/// creation to its disposal.
/// </summary>
internal sealed unsafe class UringQueues : IDisposable
{
    private readonly int _descriptor;
    private readonly byte* _queues;
    private readonly nuint _queuesLength;
    private readonly SubmissionEntry* _entries;
    private readonly nuint _entriesLength;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _submissionFlags;
    private readonly uint _submissionMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly CompletionEntry* _completions;
    private readonly uint _completionMask;
    private readonly bool _waitsForMany;
    private uint _tail;

    /// <param name="kernel">The kernel that creates the ring.</param>
    /// <param name="submissions">How many requests the queue holds before they must be submitted.</param>
    /// <param name="completions">How many completions the queue holds before the kernel must keep them
    /// elsewhere.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public UringQueues(Kernel kernel, uint submissions, uint completions)
    {
        Kernel = kernel;
        var given = new UringParameters
        {
            CompletionCount = completions,
            Flags = UringConstants.SingleIssuer | UringConstants.DeferTaskRun | UringConstants.SubmitAll
                | UringConstants.CompletionCountGiven | UringConstants.Clamp,
        };
        _descriptor = kernel.UringSetup(submissions, &given);
        if (_descriptor < 0)
        {
            throw Refused("io_uring_setup", Marshal.GetLastPInvokeError());
        }

        try
        {
            if ((given.Features & UringConstants.SingleMap) == 0)
            {
                throw Refused("io_uring_setup", Errno.InvalidArgument);
            }

            _waitsForMany = (given.Features & UringConstants.MinimalWait) != 0;
            ref var submission = ref given.Submission;
            ref var completion = ref given.Completion;
            _queuesLength = Math.Max(
                submission.Array + (given.SubmissionCount * sizeof(uint)),
                completion.Entries + (given.CompletionCount * (uint)sizeof(CompletionEntry)));
            _queues = Map(_queuesLength, UringConstants.QueuesOffset);
            _entriesLength = given.SubmissionCount * (uint)sizeof(SubmissionEntry);
            _entries = (SubmissionEntry*)Map(_entriesLength, UringConstants.EntriesOffset);
            _submissionHead = At(submission.Head);
            _submissionTail = At(submission.Tail);
            _submissionFlags = At(submission.Flags);
            _submissionMask = *At(submission.Mask);
            _completionHead = At(completion.Head);
            _completionTail = At(completion.Tail);
            _completions = (CompletionEntry*)At(completion.Entries);
            _completionMask = *At(completion.Mask);
            for (uint i = 0; i < given.SubmissionCount; i++)
            {
                // The submission queue contains indexes of entries: here, position i always refers to entry i.
                At(submission.Array)[i] = i;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Kernel Kernel { get; }

    /// <summary>The number of requests that the kernel has not yet taken.</summary>
    public uint Pending => _tail - Volatile.Read(ref *_submissionHead);

    /// <summary>
    /// Whether completions wait in the kernel for the next <see cref="Enter"/>, because the queue was full.
    /// </summary>
    public bool HasOverflown => (Volatile.Read(ref *_submissionFlags) & UringConstants.Overflow) != 0;

    /// <summary>Whether there is a completion to take.</summary>
    public bool HasCompletions => *_completionHead != Volatile.Read(ref *_completionTail) || HasOverflown;

    private bool IsFull => Pending > _submissionMask;

    /// <summary>
    /// The next request, all zeros, for the caller to fill in. The next <see cref="Enter"/> submits it.
    /// </summary>
    /// <param name="submitted">Whether the queue was full, so that earlier requests were submitted.</param>
    public SubmissionEntry* Next(out bool submitted)
    {
        submitted = false;
        while (IsFull)
        {
            submitted = true;
            Submit();
        }

        var entry = &_entries[_tail++ & _submissionMask];
        *entry = default;
        return entry;
    }

    /// <summary>Submits all requests, and lets the kernel do its deferred work for the ring.</summary>
    /// <param name="completions">The number of completions to wait for; 0 does not wait. After
    /// <see cref="Coalescing.LongestMicroseconds"/>, one completion is enough; a kernel without this limit never waits
    /// for more than one.</param>
    /// <exception cref="IOException">The kernel refused, for another reason than a lack of memory.</exception>
    public void Enter(int completions)
    {
        if (completions > 1 && _waitsForMany)
        {
            var argument = new WaitArgument { MinimalWaitMicroseconds = Coalescing.LongestMicroseconds };
            Call((uint)completions, UringConstants.GetEvents | UringConstants.WaitArgumentGiven, &argument);
        }
        else
        {
            Call(Math.Min((uint)completions, 1), UringConstants.GetEvents);
        }
    }

    /// <summary>Takes a completion out, if there is one.</summary>
    public bool TryTake(out CompletionEntry completion)
    {
        var head = *_completionHead;
        if (head == Volatile.Read(ref *_completionTail))
        {
            completion = default;
            return false;
        }

        completion = _completions[head & _completionMask];
        Volatile.Write(ref *_completionHead, head + 1);
        return true;
    }

    /// <summary>io_uring_register(2).</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Register(int what, void* argument, int count)
    {
        if (Kernel.UringRegister(_descriptor, what, argument, count) < 0)
        {
            throw Refused("io_uring_register", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Closes the ring, which cancels all pending requests.</summary>
    public void Dispose()
    {
        if (_entries is not null)
        {
            _ = Kernel.Unmap(_entries, _entriesLength);
        }

        if (_queues is not null)
        {
            _ = Kernel.Unmap(_queues, _queuesLength);
        }

        _ = Kernel.Close(_descriptor);
    }

    private static IOException Refused(string call, int error) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);

    private void Submit() => Call(0, 0);

    private void Call(uint atLeast, uint flags, WaitArgument* argument = null)
    {
        Volatile.Write(ref *_submissionTail, _tail);
        var result = Kernel.UringEnter(
            _descriptor, Pending, atLeast, flags, argument, argument is null ? 0 : (nuint)sizeof(WaitArgument));
        if (result < 0
            && Marshal.GetLastPInvokeError() is var error
            and not (Errno.Interrupted or Errno.TryAgain or Errno.Busy or Errno.OutOfMemory or Errno.TimerExpired))
        {
            throw Refused("io_uring_enter", error);
        }
    }

    private uint* At(uint offset) => (uint*)(_queues + offset);

    private byte* Map(nuint length, nint offset)
    {
        var start = (byte*)Kernel.Map(
            null,
            length,
            MemoryConstants.ReadWrite,
            MemoryConstants.Shared | MemoryConstants.Populate,
            _descriptor,
            offset);
        return (nint)start != -1 ? start : throw Refused("mmap", Marshal.GetLastPInvokeError());
    }
}
