namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>A refusal, as a caller reads it: the problem details of RFC 9457.</summary>
/// <param name="Title">The name of the status, such as <c>Conflict</c>.</param>
/// <param name="Detail">Why the call was refused, as a sentence.</param>
/// <param name="Reasons">The mistakes of a configuration that was not applied; null for other calls.</param>
internal sealed record ProblemAnswer(string? Title, string? Detail, IReadOnlyList<string>? Reasons);
