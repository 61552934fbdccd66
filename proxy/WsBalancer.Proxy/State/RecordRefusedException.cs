namespace WsBalancer.Proxy.State;

/// <summary>
/// A decision is not written because no balancer could read its record; the message is a whole sentence with the
/// mistake.
/// </summary>
internal sealed class RecordRefusedException(string message) : Exception(message)
{
    /// <exception cref="RecordRefusedException">A part of the record is out of its bounds.</exception>
    public static void ThrowIfBad(StateRecord record)
    {
        if (record.Version.Number > StateVersion.HighestNumber)
        {
            throw new RecordRefusedException(
                $"The record {record.Key} has the highest number that there is ({StateVersion.HighestNumber}), so no "
                + "later decision can take its place. It is damaged: stop every balancer of the fleet, remove it from "
                + "their state files and from Redis, and start them again.");
        }

        if (RecordBounds.MistakeIn(record) is { } mistake)
        {
            throw new RecordRefusedException(
                $"The record {RecordText.Of(record.Key.ToString())} cannot be written: {RecordText.Of(mistake)}.");
        }
    }
}
