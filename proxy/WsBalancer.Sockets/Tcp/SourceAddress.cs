using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Tcp;

/// <summary>One of the <see cref="SourceAddressPool"/>.</summary>
internal sealed class SourceAddress
{
    private readonly IPEndPoint _anyPort;
    private readonly byte[] _name;

    public SourceAddress(IPAddress address)
    {
        _anyPort = new IPEndPoint(address, 0);
        var name = _anyPort.Serialize();
        _name = name.Buffer[..name.Size].ToArray();
    }

    /// <summary>Whether the last attempt to bind a socket to the address failed.</summary>
    public volatile bool IsFailing;

    public IPAddress Address => _anyPort.Address;

    /// <exception cref="SocketException">This machine does not have the address.</exception>
    public void Bind(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            var on = 1;
            socket.SetRawSocketOption(
                SocketConstants.InternetLevel,
                SocketConstants.BindAddressNoPortOption,
                MemoryMarshal.AsBytes(new Span<int>(ref on)));
        }

        socket.Bind(_anyPort);
    }

    /// <returns>False if this machine does not have the address; the error is the last P/Invoke error.</returns>
    public unsafe bool TryBind(Kernel kernel, int descriptor)
    {
        fixed (byte* name = _name)
        {
            return kernel.SetSocketOption(
                    descriptor, SocketConstants.InternetLevel, SocketConstants.BindAddressNoPortOption, 1) == 0
                && kernel.Bind(descriptor, name, (uint)_name.Length) == 0;
        }
    }
}
