namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Creates the ids of connections for logs and traces: consecutive numbers that begin at the time of the start, so that
/// the ids of two runs of the process differ.
/// </summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int BitsOfDigit = 5;

    // 13 digits of 5 bits have 65 bits, which is enough for every 64-bit number.
    private const int Length = 13;

    private static long Last = TimeProvider.System.GetUtcNow().Ticks;

    public static string Next() => string.Create(Length, Interlocked.Increment(ref Last), static (text, number) =>
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(number & ((1 << BitsOfDigit) - 1))];
            number >>>= BitsOfDigit;
        }
    });
}
