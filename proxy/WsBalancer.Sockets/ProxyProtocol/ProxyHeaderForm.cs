namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>
/// The constants of the PROXY protocol (haproxy.org/download/2.6/doc/proxy-protocol.txt, §2.1 and §2.2).
/// </summary>
internal static class ProxyHeaderForm
{
    public const int MaxLengthOfV1 = 107;

    // Version 2: signature, version and command, family and transport, length of the rest.
    public const int FixedLength = 16;
    public const byte Local = 0x20;
    public const byte Proxy = 0x21;
    public const byte Unspecified = 0x00;
    public const byte Tcp4 = 0x11;
    public const byte Tcp6 = 0x21;
    public const int LengthOfTcp4 = 12;
    public const int LengthOfTcp6 = 36;
    public const int LengthOfUnix = 216;

    // Type, and length in two bytes.
    public const int FixedLengthOfTlv = 3;
    public const byte TypeOfCrc32C = 0x03;

    public static ReadOnlySpan<byte> SignatureOfV1 => "PROXY "u8;

    public static ReadOnlySpan<byte> SignatureOfV2 => "\r\n\r\n\0\r\nQUIT\n"u8;
}
