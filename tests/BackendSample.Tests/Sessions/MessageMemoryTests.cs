using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class MessageMemoryTests
{
    private const int Most = 100_000;

    private readonly MessageMemory _all =
        new(TestNode.Options with { MaxBufferedBytes = Most }, NullLogger<MessageMemory>.Instance);

    [Fact]
    public void TryHold_ToTheBound_HoldsAllOrNothing()
    {
        Assert.True(_all.TryHold(Most - 1));
        Assert.False(_all.TryHold(2));
        Assert.True(_all.TryHold(1));
        Assert.Equal(Most, _all.Held);

        _all.Release(2);

        Assert.True(_all.TryHold(2));
        Assert.False(_all.TryHold(1));
    }

    [Fact]
    public void AClient_CountsOnlyWhatExceedsItsAllowance()
    {
        var client = new ClientMemory(_all);

        var within = client.TryRent(ClientMemory.Allowance)!;
        Assert.Equal(0, _all.Held);
        var beyond = client.TryRent(PieceSize.Min)!;
        Assert.Equal(PieceSize.Min, _all.Held);

        // The order of the returns makes no difference.
        client.Return(within);
        Assert.Equal(0, _all.Held);
        client.Return(beyond);
        Assert.Equal(0, _all.Held);
        Assert.Equal(PieceSize.Min, _all.UnusedBytes);
    }

    [Fact]
    public void AClientThatIsRefused_HoldsWhatItHeld()
    {
        var other = new ClientMemory(_all);
        other.TryRent(PieceSize.Max);
        var client = new ClientMemory(_all);
        client.TryRent(ClientMemory.Allowance);
        var held = _all.Held;

        Assert.Null(client.TryRent(PieceSize.Max));

        Assert.Equal(held, _all.Held);
        other.ReleaseAll();
        Assert.NotNull(client.TryRent(PieceSize.Max));
        client.ReleaseAll();
        Assert.Equal(0, _all.Held);
    }

    [Fact]
    public void ALongBuffer_IsUsedAgain_UntilItWasUnusedForAWhile()
    {
        var first = _all.Rent(PieceSize.Max);
        _all.Return(first);
        Assert.Same(first, _all.Rent(PieceSize.Max));
        _all.Return(first);
        _all.DropUnused();
        // The buffer was in use before the last call, so it has not been free long enough.
        Assert.Same(first, _all.Rent(PieceSize.Max));
        _all.Return(first);
        _all.DropUnused();
        _all.DropUnused();

        Assert.NotSame(first, _all.Rent(PieceSize.Max));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void AText_OfAnyLength_IsPutTogetherFromItsPieces(int length)
    {
        var all = new MessageMemory(
            TestNode.Options with { MaxBufferedBytes = int.MaxValue }, NullLogger<MessageMemory>.Instance);
        var text = new IncomingText(new ClientMemory(all));
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        for (var rest = bytes.AsMemory(); rest.Length > 0;)
        {
            var room = text.FindRoom();
            var part = rest[..Math.Min(rest.Length, Math.Min(room.Length, 1_000))];
            part.CopyTo(room);
            text.Advance(part.Length);
            rest = rest[part.Length..];
        }

        Assert.Equal(length, text.Length);
        Assert.True(System.Buffers.BuffersExtensions.ToArray(text.Bytes).AsSpan().SequenceEqual(bytes));
        Assert.InRange(all.Held, 0, length + PieceSize.Max);
        text.Return();
        Assert.Equal(0, all.Held);
    }
}
