using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Finds configured source addresses that this machine does not have.</summary>
internal static class SourceAddressCheck
{
    /// <summary>The configured addresses that this machine does not have.</summary>
    public static IEnumerable<SettingsError> MistakesIn(SocketsOptions options) =>
        from address in options.SourceAddresses.Index()
        let failure = MachineAddress.BindErrorOf(address.Item)
        where failure is not null
        let key = $"WsBalancer:Sockets:SourceAddresses:{address.Index}"
        select new SettingsError(
            key, $"{key} is '{address.Item}': expected an address of this machine ({failure})");

    /// <summary>Tries each address, to report a wrong one at the start and not at the first handshake.</summary>
    /// <exception cref="SettingsException">This machine does not have all of the addresses.</exception>
    public static void ThrowIfForeign(SocketsOptions options) => SettingsException.ThrowIfAny(MistakesIn(options));
}
