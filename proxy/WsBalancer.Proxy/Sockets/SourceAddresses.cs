using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// The addresses from which nodes are connected to: the configured ones in turn, for each family. Without one of the
/// family the system chooses.
/// </summary>
/// <remarks>
/// A local port is chosen when the socket is connected, not when it is bound: then it is taken for this address and
/// this node only, and each node can be reached from each of the addresses as often as there are local ports.
/// </remarks>
internal sealed class SourceAddresses
{
    private readonly ILogger<SourceAddresses> _logger;
    private readonly SourceAddress[] _all;
    private readonly SourceTurns _internet;
    private readonly SourceTurns _internet6;

    public SourceAddresses(SocketsOptions options, ILogger<SourceAddresses> logger)
    {
        _logger = logger;
        _all = [.. options.SourceAddresses.Select(address => new SourceAddress(address))];
        _internet = new SourceTurns(_all, AddressFamily.InterNetwork);
        _internet6 = new SourceTurns(_all, AddressFamily.InterNetworkV6);
    }

    /// <summary>Tries each address, so that a wrong one is told at the start and not at the first handshake.</summary>
    /// <exception cref="SettingsException">This machine does not have all of them.</exception>
    public void ThrowIfForeign() => SettingsException.ThrowIfAny(
        from source in _all.Index()
        let failure = TryOnce(source.Item)
        where failure is not null
        select $"WsBalancer:Sockets:SourceAddresses:{source.Index} is '{source.Item.Address}': "
            + $"expected an address of this machine ({failure.Message})");

    /// <summary>Binds a socket that is about to be connected.</summary>
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

    /// <summary>Binds a descriptor that is about to be connected, on Linux.</summary>
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

    private static SocketException? TryOnce(SourceAddress source)
    {
        try
        {
            using var socket = new Socket(source.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            source.Bind(socket);
            return null;
        }
        catch (SocketException ex)
        {
            return ex;
        }
    }

    private SourceTurns TurnsOf(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? _internet6 : _internet;

    // Once for each time that it begins to fail, not for each handshake.
    private void Report(SourceAddress source, SocketException failure)
    {
        if (!source.IsFailing)
        {
            source.IsFailing = true;
            SocketsLog.SourceAddressFails(_logger, source.Address, failure.Message);
        }
    }

    /// <summary>The addresses of a family, one after the other.</summary>
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
