using System.Runtime.InteropServices;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The memory that a <see cref="FakeRing"/> shares with the process: both queues, and the requests.</summary>
internal sealed unsafe class RingMemory : IDisposable
{
    private const uint CompletionHead = 64;
    private const uint Completions = 128;

    private readonly byte* _queues;
    private readonly uint _array;
    private readonly uint _submissionCount;
    private readonly uint _completionCount;

    public RingMemory(uint submissions, UringParameters* parameters)
    {
        _submissionCount = PowerOf2(submissions);
        _completionCount = (parameters->Flags & UringConstants.CompletionCountGiven) != 0
            ? PowerOf2(parameters->CompletionCount)
            : 2 * _submissionCount;
        _array = Completions + (_completionCount * (uint)sizeof(CompletionEntry));
        _queues = (byte*)NativeMemory.AllocZeroed(_array + (_submissionCount * sizeof(uint)));
        Entries = (SubmissionEntry*)NativeMemory.AllocZeroed(_submissionCount, (nuint)sizeof(SubmissionEntry));
        *At(8) = _submissionCount - 1;
        *At(CompletionHead + 8) = _completionCount - 1;
        parameters->SubmissionCount = _submissionCount;
        parameters->CompletionCount = _completionCount;
        parameters->Submission = new SubmissionOffsets
        {
            Head = 0,
            Tail = 4,
            Mask = 8,
            Count = 12,
            Flags = 16,
            Dropped = 20,
            Array = _array,
        };
        parameters->Completion = new CompletionOffsets
        {
            Head = CompletionHead,
            Tail = CompletionHead + 4,
            Mask = CompletionHead + 8,
            Count = CompletionHead + 12,
            Overflow = CompletionHead + 16,
            Flags = CompletionHead + 20,
            Entries = Completions,
        };
    }

    public SubmissionEntry* Entries { get; }

    public void* Queues => _queues;

    /// <summary>The number of requests that the kernel has not taken yet.</summary>
    public uint Submitted => *At(4) - *At(0);

    /// <summary>The number of completions that the process has not taken yet.</summary>
    public uint Completed => *At(CompletionHead + 4) - *At(CompletionHead);

    public bool IsFull => Completed == _completionCount;

    public bool HasOverflown
    {
        set => *At(16) = value ? *At(16) | UringConstants.Overflow : *At(16) & ~UringConstants.Overflow;
    }

    public SubmissionEntry Take()
    {
        var head = *At(0);
        var entry = Entries[At(_array)[head & (_submissionCount - 1)]];
        *At(0) = head + 1;
        return entry;
    }

    public void Add(in CompletionEntry completion)
    {
        var tail = *At(CompletionHead + 4);
        ((CompletionEntry*)(_queues + Completions))[tail & (_completionCount - 1)] = completion;
        *At(CompletionHead + 4) = tail + 1;
    }

    public void Dispose()
    {
        NativeMemory.Free(_queues);
        NativeMemory.Free(Entries);
    }

    private uint* At(uint offset) => (uint*)(_queues + offset);

    private static uint PowerOf2(uint count) => System.Numerics.BitOperations.RoundUpToPowerOf2(count);
}
