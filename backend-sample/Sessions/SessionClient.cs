using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The client of a session, as its handshake describes it.</summary>
/// <param name="Identity">The user, and what the token allows.</param>
/// <param name="Device">The type of the device, one of <see cref="DeviceTypes"/>; null if the client sent none.</param>
/// <param name="Recovery">The recovery of the user's channel; null for none.</param>
internal sealed record SessionClient(ClientIdentity Identity, string? Device, RecoveryRequest? Recovery)
{
    /// <summary>The longest device type, in UTF-16 units.</summary>
    public const int MaxDeviceLength = 32;
}
