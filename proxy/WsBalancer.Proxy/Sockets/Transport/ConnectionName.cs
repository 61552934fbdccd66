namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>Names of connections, for logs and traces: one after the other, unlike those of other runs.</summary>
internal static class ConnectionName
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int BitsOfDigit = 5;

    // 65 bits hold every number.
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
