using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WsBalancer.Cli.Admin;

/// <summary>
/// Speaks to a balancer's admin API. Every failure is a <see cref="CommandFailure"/> with a clear sentence.
/// </summary>
internal sealed class AdminClient : IDisposable
{
    // Answers come from memory: a balancer that takes longer is stuck, or it is not a balancer.
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly bool _hasToken;

    public AdminClient(AdminSettings settings, TimeSpan? timeout = null)
    {
        _hasToken = settings.Token is not null;

        // Admin addresses are private: a proxy for the way out to the Internet cannot reach them.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = settings.Address,
            Timeout = timeout ?? DefaultTimeout,
        };

        if (settings.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Task<Answer<IReadOnlyList<ClusterAnswer>>> ListClustersAsync(CancellationToken cancellation) =>
        ReadAsync("api/v1/clusters", AdminJson.Default.IReadOnlyListClusterAnswer, cancellation);

    public Task<Answer<OwnerAnswer>> FindOwnerAsync(string cluster, string user, CancellationToken cancellation) =>
        ReadAsync(
            $"api/v1/clusters/{Uri.EscapeDataString(cluster)}/owner?user={Uri.EscapeDataString(user)}",
            AdminJson.Default.OwnerAnswer,
            cancellation);

    public async Task<Readiness> ReadReadinessAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync("readyz", cancellation);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => Readiness.Ready,
            HttpStatusCode.ServiceUnavailable => Readiness.NotReady,
            _ => throw NotABalancer($"/readyz answered {(int)response.StatusCode}"),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer<T>> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(path, cancellation);
        var document = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal(response, document);
        }

        try
        {
            var value = JsonSerializer.Deserialize(document, type) ?? throw NotABalancer("it answered null");
            return new Answer<T>(document.TrimEnd(), value);
        }
        catch (JsonException cause)
        {
            throw NotABalancer("its answer is not the JSON that the admin API gives", cause);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        }
        catch (HttpRequestException cause)
        {
            throw new CommandFailure(
                ExitCode.Unreachable,
                $"Cannot reach a balancer at {_http.BaseAddress}: {cause.GetBaseException().Message}. Check that it "
                + "runs and that this is its Admin:Url; --admin URL or WSBALANCER_ADMIN name another.",
                cause);
        }
        catch (TaskCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Unreachable,
                $"The balancer at {_http.BaseAddress} did not answer within {_http.Timeout.TotalSeconds:0.#} s. "
                + "Check that the address is its Admin:Url and that no firewall drops the packets.",
                cause);
        }
    }

    private CommandFailure Refusal(HttpResponseMessage response, string document)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized)
        {
            return new CommandFailure(
                ExitCode.Failed,
                _hasToken
                    ? $"The balancer at {_http.BaseAddress} refused the token (401). Compare it with its Admin:Token."
                    : $"The balancer at {_http.BaseAddress} wants a token (401): give --token or "
                        + "set WSBALANCER_TOKEN.");
        }

        return ProblemIn(response, document) is { } problem
            ? new CommandFailure(ExitCode.Failed, problem)
            : NotABalancer($"it answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
    }

    private static string? ProblemIn(HttpResponseMessage response, string document)
    {
        if (response.Content.Headers.ContentType?.MediaType is not "application/problem+json")
        {
            return null;
        }

        try
        {
            var problem = JsonSerializer.Deserialize(document, AdminJson.Default.ProblemAnswer);
            var parts = new[] { problem?.Title, problem?.Detail }.Where(part => !string.IsNullOrWhiteSpace(part));
            return string.Join(": ", parts.Select(part => part!.TrimEnd('.'))) is { Length: > 0 } text
                ? $"{text}."
                : null;
        }
        catch (JsonException)
        {
            // The media type promised more than the body holds; the status code says what there is to say.
            return null;
        }
    }

    private CommandFailure NotABalancer(string evidence, Exception? cause = null) => new(
        ExitCode.Unreachable,
        $"What answers at {_http.BaseAddress} is not a balancer's admin API: {evidence}. --admin takes the Admin:Url, "
        + "not the address that clients use.",
        cause);
}
