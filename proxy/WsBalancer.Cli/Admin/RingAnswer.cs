namespace WsBalancer.Cli.Admin;

/// <summary>A cluster's ring: its construction, and the fingerprint of its content.</summary>
internal sealed record RingAnswer(string Algorithm, string Spec, long Epoch, string Fingerprint);
