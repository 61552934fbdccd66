namespace WsBalancer.Sockets.Linux;

/// <summary>Sockets in the file system, which the classes of .NET cannot distinguish from files.</summary>
internal static unsafe class SocketFile
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeOnly = 1;
    private const int SizeOfResult = 256;
    private const int OffsetOfMode = 28;
    private const ushort TypeMask = 0xF000;
    private const ushort TypeOfSocket = 0xC000;

    /// <summary>Whether the path names a socket. False also if it does not exist or cannot be read.</summary>
    public static bool IsSocket(string path)
    {
        Span<byte> result = stackalloc byte[SizeOfResult];
        fixed (byte* start = result)
        {
            return LibC.Status(CurrentFolder, path, DoNotFollow, TypeOnly, start) == 0
                && (BitConverter.ToUInt16(result[OffsetOfMode..]) & TypeMask) == TypeOfSocket;
        }
    }
}
