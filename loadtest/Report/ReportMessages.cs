using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>Counts of the messages by outcome: scheduled = sent + unsent, and sent = echoed + lost.</summary>
internal sealed record ReportMessages(
    long Scheduled,
    long Sent,
    long Unsent,
    long Echoed,
    long Lost,
    long Duplicates,
    long Foreign,
    long Other,
    double SentPerSecond,
    double EchoedPerSecond)
{
    public static ReportMessages From(Measurements found, TimeSpan held)
    {
        var sent = found.MessagesSent.Value;
        var echoed = found.MessagesEchoed.Value;
        return new ReportMessages(
            found.MessagesScheduled.Value,
            sent,
            found.MessagesScheduled.Value - sent,
            echoed,
            sent - echoed,
            found.Duplicates.Value,
            found.Foreign.Value,
            found.Other.Value,
            PerSecond(sent, held),
            PerSecond(echoed, held));
    }

    private static double PerSecond(long count, TimeSpan held) =>
        held > TimeSpan.Zero ? Math.Round(count / held.TotalSeconds, 1) : 0;
}
