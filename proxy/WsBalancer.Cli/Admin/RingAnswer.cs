namespace WsBalancer.Cli.Admin;

/// <summary>A cluster's ring: how it was built and which content it has.</summary>
internal sealed record RingAnswer(string Algorithm, string Spec, long Epoch, string Fingerprint);
