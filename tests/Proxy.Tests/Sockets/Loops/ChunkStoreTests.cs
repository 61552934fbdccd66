using CsCheck;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class ChunkStoreTests : IDisposable
{
    private const int Chunks = 64;

    private readonly ChunkStore _store = new(Chunks * ChunkStore.ChunkSize);

    [Fact]
    public void Queue_AfterRandomAddsAndRemovals_HoldsTheBytesInOrder() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 9_000]).List[1, 60].Sample(steps =>
        {
            var queue = default(ByteQueue);
            var model = new Queue<byte>();
            byte next = 0;
            foreach (var (kind, size) in steps)
            {
                if (kind == 0 && model.Count + size < Chunks / 2 * ChunkStore.Capacity)
                {
                    var bytes = new byte[size];
                    foreach (ref var value in bytes.AsSpan())
                    {
                        model.Enqueue(value = next++);
                    }

                    Assert.True(queue.TryAdd(_store, bytes));
                }
                else if (kind == 1)
                {
                    var taken = new byte[size];
                    var count = queue.Take(_store, taken);
                    Assert.Equal(Math.Min(size, model.Count), count);
                    Assert.All(taken.Take(count), value => Assert.Equal(model.Dequeue(), value));
                }
                else
                {
                    RemoveDescribed(ref queue, model, size);
                }

                Assert.Equal((model.Count, model.Count == 0), (queue.Length, queue.IsEmpty));
            }

            Assert.Equal(model, queue.TakeAll(_store));
            Assert.Equal(0, _store.Used);
        }, iter: 300, threads: 1);

    [Fact]
    public void Store_OfWhichAllIsRented_RefusesUntilAChunkIsReturned()
    {
        var queue = default(ByteQueue);
        Assert.True(queue.TryAdd(_store, new byte[Chunks * ChunkStore.Capacity]));
        Assert.Equal(_store.Size, _store.Used);

        Assert.Equal(-1, _store.Rent());
        var other = default(ByteQueue);
        Assert.False(other.TryAdd(_store, [1]));
        queue.Remove(_store, ChunkStore.Capacity);
        Assert.True(other.TryAdd(_store, [1]));

        queue.Clear(_store);
        other.Clear(_store);
        Assert.Equal(0, _store.Used);
    }

    [Fact]
    public void Store_OfWhichSevenEighthsAreRented_RunsLowOnce()
    {
        var raised = 0;
        _store.RunningLow += () => raised++;
        var chunks = Enumerable.Range(0, Chunks / 8 * 7).Select(_ => _store.Rent()).ToArray();
        Assert.Equal(1, raised);

        _store.Rent();
        Assert.Equal(1, raised);
        _store.Return(chunks[0]);
        _store.Return(chunks[1]);
        _store.Rent();
        Assert.Equal(2, raised);
    }

    [Fact]
    public void Store_OfManyReturnedChunks_GivesTheirMemoryBack()
    {
        const int Many = 4096;
        using var store = new ChunkStore(Many * ChunkStore.ChunkSize);
        var queue = default(ByteQueue);
        Assert.True(queue.TryAdd(store, new byte[Many * ChunkStore.Capacity]));
        Assert.Equal(Many, ResidentPages(store, Many));

        queue.Clear(store);

        Assert.InRange(ResidentPages(store, Many), 1, Many / 8);
    }

    public void Dispose() => _store.Dispose();

    private unsafe void RemoveDescribed(ref ByteQueue queue, Queue<byte> model, int size)
    {
        Span<IoVector> pieces = stackalloc IoVector[3];
        var (count, length) = queue.Describe(_store, pieces);
        var described = pieces[..count].ToArray().SelectMany(
            static piece => new ReadOnlySpan<byte>(piece.Start, (int)piece.Length).ToArray()).ToArray();
        Assert.Equal(length, described.Length);
        Assert.Equal(model.Take(length), described);

        var removed = Math.Min(size, length);
        queue.Remove(_store, removed);
        for (var i = 0; i < removed; i++)
        {
            model.Dequeue();
        }
    }

    // mincore(2): one byte for each page, whose lowest bit is set if the page is in memory.
    private static unsafe int ResidentPages(ChunkStore store, int pages)
    {
        var states = new byte[pages];
        fixed (byte* first = states)
        {
            Assert.Equal(0, LibC.SystemCall(
                MinCore, (nint)store[0], pages * ChunkStore.ChunkSize, (nint)first, 0, 0, 0));
        }

        return states.Count(static state => (state & 1) != 0);
    }

    private static int MinCore =>
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
            == System.Runtime.InteropServices.Architecture.Arm64 ? 232 : 27;
}
