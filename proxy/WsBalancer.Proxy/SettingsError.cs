namespace WsBalancer.Proxy;

/// <summary>One mistake in the configuration.</summary>
/// <param name="Key">The full path of the setting, as <c>WsBalancer:Clusters:chat:Drain:CloseCode</c>.</param>
/// <param name="Message">A sentence for the operator that begins with the key.</param>
internal sealed record SettingsError(string Key, string Message);
