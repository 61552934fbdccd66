namespace WsBalancer.BackendSample.Api;

/// <summary>The answer to a request to the API.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Json">The body; empty if the request failed.</param>
/// <param name="Detail">Why the request failed.</param>
internal sealed record ApiAnswer(int Status, ReadOnlyMemory<byte> Json, string Detail = "")
{
    public static ApiAnswer Fail(int status, string detail) => new(status, ReadOnlyMemory<byte>.Empty, detail);
}
