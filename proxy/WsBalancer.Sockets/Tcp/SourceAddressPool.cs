using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Tcp;

/// <summary>
/// The local addresses of connections to other hosts: for each address family, the configured ones in turn. The system
/// chooses if no address of the family is configured.
/// </summary>
/// <remarks>
/// The kernel chooses a local port when the socket is connected, not when the socket is bound. The port is then in use
/// for this address and this host only, so there can be a connection to each host from each port of each address.
/// </remarks>
internal sealed class SourceAddressPool
{
    private readonly ILogger<SourceAddressPool> _logger;
    private readonly SourceTurns _internet;
    private readonly SourceTurns _internet6;

    public SourceAddressPool(IEnumerable<IPAddress> addresses, ILogger<SourceAddressPool> logger)
    {
        _logger = logger;
        SourceAddress[] all = [.. addresses.Select(address => new SourceAddress(address))];
        _internet = new SourceTurns(all, AddressFamily.InterNetwork);
        _internet6 = new SourceTurns(all, AddressFamily.InterNetworkV6);
    }

    /// <summary>Binds a socket before it is connected.</summary>
    /// <exception cref="SocketException">This machine does not have the address.</exception>
    public void Bind(Socket socket)
    {
        if (TurnsOf(socket.AddressFamily).Next() is not { } source)
        {
            return;
        }

        try
        {
            source.Bind(socket);
            source.IsFailing = false;
        }
        catch (SocketException ex)
        {
            Report(source, ex);
            throw;
        }
    }

    /// <summary>Binds the descriptor of a socket before it is connected. Linux only.</summary>
    /// <returns>The kernel's error, if this machine does not have the address; otherwise 0.</returns>
    public int BindTo(Kernel kernel, int descriptor, AddressFamily family)
    {
        if (TurnsOf(family).Next() is not { } source)
        {
            return 0;
        }

        if (source.TryBind(kernel, descriptor))
        {
            source.IsFailing = false;
            return 0;
        }

        var error = Marshal.GetLastPInvokeError();
        Report(source, Errno.ToException(error));
        return error;
    }

    private SourceTurns TurnsOf(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? _internet6 : _internet;

    // Logs only when the address begins to fail, not for each connect.
    private void Report(SourceAddress source, SocketException failure)
    {
        if (!source.IsFailing)
        {
            source.IsFailing = true;
            SocketsLog.SourceAddressFails(_logger, source.Address, failure.Message);
        }
    }

    /// <summary>The addresses of one family, in turn.</summary>
    private sealed class SourceTurns(IEnumerable<SourceAddress> sources, AddressFamily family)
    {
        private readonly SourceAddress[] _sources =
            [.. sources.Where(source => source.Address.AddressFamily == family)];

        private uint _turn = uint.MaxValue;

        public SourceAddress? Next() => _sources.Length == 0
            ? null
            : _sources[Interlocked.Increment(ref _turn) % (uint)_sources.Length];
    }
}
