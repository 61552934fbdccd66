using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class EventLoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Engines>]
    public async Task Post_RunsOnTheLoopsThread(string engine)
    {
        using var loop = Engines.Start(engine);

        var (current, isCurrent) = await loop.OnLoop(() => (EventLoop.Current, loop.IsCurrent));

        Assert.Same(loop, current);
        Assert.True(isCurrent);
        Assert.False(loop.IsCurrent);
        Assert.Null(EventLoop.Current);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_FromTheLoopsThread_RunsLaterInOrder(string engine)
    {
        using var loop = Engines.Start(engine);
        var ran = new List<int>();

        await loop.OnLoop(() =>
        {
            for (var i = 1; i <= 100; i++)
            {
                loop.Post(number => ran.Add((int)number), i);
            }

            ran.Add(0);
        });
        await loop.OnLoop(() => { });

        Assert.Equal(Enumerable.Range(0, 101), ran);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_ByWorkThatPostsItselfWithoutEnd_LeavesSocketsTheirTurn(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var enough = false;
        loop.Post(Again);

        pair.Peer.Send("hello"u8);

        await Deadline.Until("it is told", () => pair.Recorder.Length == 5);
        Volatile.Write(ref enough, true);

        void Again()
        {
            if (!Volatile.Read(ref enough))
            {
                loop.Post(Again);
            }
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_FromManyThreads_RunsEachOnceInItsThreadsOrder(string engine)
    {
        const int Threads = 8;
        const int Each = 20_000;
        using var loop = Engines.Start(engine);
        var next = new int[Threads];
        var ran = 0;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(
            thread => Task.Run(() => PostEach(thread), Cancellation)));

        await Deadline.Until("all have run", () => Volatile.Read(ref ran) == Threads * Each);
        Assert.All(next, count => Assert.Equal(Each, count));

        void PostEach(int thread)
        {
            for (var i = 0; i < Each; i++)
            {
                loop.Post(Count, (thread, i));
            }
        }

        void Count(object state)
        {
            var (thread, number) = ((int, int))state;
            next[thread] += next[thread] == number ? 1 : 0;
            Volatile.Write(ref ran, ran + 1);
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_ToALoopThatIsAboutToWait_WakesIt(string engine)
    {
        // Each thread waits for its answer before it posts again: after one lost wake-up, it would wait for ever.
        const int Threads = 3;
        const int Each = 5_000;
        using var loop = Engines.Start(engine);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(QueryEach, Cancellation)));

        async Task QueryEach()
        {
            for (var i = 0; i < Each; i++)
            {
                await loop.OnLoop(() => { });
            }
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_OfWorkThatThrows_IsLoggedAndEndsNothing(string engine)
    {
        var log = new FakeLogger();
        using var loop = Engines.Start(engine, log);

        loop.Post(() => throw new InvalidOperationException("A fault of the test."));
        await loop.OnLoop(() => { });

        Assert.Equal("A fault of the test.", Assert.Single(log.Collector.GetSnapshot()).Exception?.Message);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Post_BeforeTheStart_RunsAfterIt(string engine)
    {
        using var loop = Engines.Create(engine);
        var early = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(early.SetResult);

        loop.Start();

        await early.Task.WaitAsync(Deadline.Default, Cancellation);
        await loop.OnLoop(() => { });
    }

    [Theory]
    [ClassData<Engines>]
    public void Dispose_RunsWhatWasPostedBefore_AndNothingAfter(string engine)
    {
        var loop = Engines.Start(engine);
        var ran = 0;
        for (var i = 0; i < 100; i++)
        {
            loop.Post(() => ran++);
        }

        loop.Dispose();
        loop.Post(() => ran++);
        loop.Dispose();

        Assert.Equal(100, ran);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Dispose_WhileOthersPost_Ends(string engine)
    {
        for (var round = 0; round < 50; round++)
        {
            var loop = Engines.Start(engine);
            var posting = Enumerable.Range(0, 4).Select(_ => Task.Run(PostMany, Cancellation)).ToArray();

            await Task.Run(loop.Dispose, Cancellation).WaitAsync(Deadline.Default, Cancellation);

            await Task.WhenAll(posting);

            void PostMany()
            {
                for (var i = 0; i < 200; i++)
                {
                    loop.Post(() => { });
                }
            }
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Dispose_OnTheLoopsThread_IsRefused(string engine)
    {
        using var loop = Engines.Start(engine);

        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.OnLoop(loop.Dispose));
    }

    [Theory]
    [ClassData<Engines>]
    public void Dispose_OfALoopThatWasNotStarted_Succeeds(string engine) => Engines.Create(engine).Dispose();

    [Theory]
    [ClassData<Engines>]
    public async Task Enter_ContinuesOnTheLoopsThread_AtOnceIfItIsThere(string engine)
    {
        using var loop = Engines.Start(engine);

        var (wasThere, isThere, isThereAtOnce) = await loop.OnLoopAsync(async () =>
        {
            await Task.Run(() => { }, Cancellation);
            var before = loop.IsCurrent;
            await loop.Enter();
            var after = loop.IsCurrent;
            var atOnce = loop.Enter().IsCompleted;
            await loop.Enter();
            return (before, after, atOnce);
        });

        Assert.False(wasThere);
        Assert.True(isThere);
        Assert.True(isThereAtOnce);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Scheduler_RunsAtOnceOnTheLoopsThread_AndThereFromElsewhere(string engine)
    {
        using var loop = Engines.Start(engine);

        var nested = await loop.OnLoop(() =>
        {
            var ran = false;
            loop.Scheduler.Schedule(_ => ran = true, null);
            return ran;
        });
        var fromElsewhere = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Scheduler.Schedule(_ => fromElsewhere.SetResult(loop.IsCurrent), null);

        Assert.True(nested);
        Assert.True(await fromElsewhere.Task.WaitAsync(Deadline.Default, Cancellation));
    }
}
