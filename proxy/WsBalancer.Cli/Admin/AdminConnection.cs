using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WsBalancer.Cli.Admin;

/// <summary>
/// Calls the admin API over HTTP. Every failure is a <see cref="CommandFailure"/> with a clear sentence.
/// </summary>
internal sealed class AdminConnection : IDisposable
{
    // The balancer answers from memory: a server that needs longer is blocked, or is not a balancer.
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    // HTTP requires a Host header, which has no meaning over a Unix socket.
    private static readonly Uri OverSocket = new("http://localhost/");

    private readonly HttpClient _http;
    private readonly string _address;
    private readonly TimeSpan _timeout;
    private readonly bool _hasToken;

    public AdminConnection(AdminSettings settings, TimeSpan timeout)
    {
        _timeout = timeout;
        _address = settings.Name;
        _hasToken = settings.Token is not null;

        _http = new HttpClient(AdminTransport.Create(settings, timeout))
        {
            BaseAddress = settings.SocketPath is null ? settings.Address : OverSocket,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (settings.Caller is { } caller)
        {
            _http.DefaultRequestHeaders.Add(CallerHeader.Name, caller);
        }

        if (settings.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        CallAsync(new AdminCall(HttpMethod.Get, path), type, cancellation);

    /// <summary>The body of a response that is not JSON.</summary>
    public Task<string> ReadTextAsync(string path, CancellationToken cancellation) =>
        ReadTextAsync(new AdminCall(HttpMethod.Get, path), cancellation);

    public async Task<Answer<T>> CallAsync<T>(AdminCall call, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var document = await ReadTextAsync(call, cancellation);
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

    private async Task<string> ReadTextAsync(AdminCall call, CancellationToken cancellation)
    {
        using var request = RequestOf(call);
        var (response, document) = await CallAsync(request, call.Timeout ?? _timeout, cancellation);
        using (response)
        {
            return response.IsSuccessStatusCode ? document : throw FailureOf(response, document);
        }
    }

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return await response.Content.ReadAsStringAsync(cancellation);
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            throw Unreachable(cause);
        }
    }

    /// <summary>
    /// Opens a response that does not end. Only connecting has a timeout: the server may send nothing for any time.
    /// </summary>
    public async Task<Stream> OpenAsync(
        string path, string mediaType, string? lastEventId, CancellationToken cancellation)
    {
        using var request = RequestOf(new AdminCall(HttpMethod.Get, path));
        request.Headers.Accept.ParseAdd(mediaType);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await SendAsync(request, cancellation, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw FailureOf(response, await ReadAsync(response, cancellation));
            }
        }

        return response.Content.Headers.ContentType?.MediaType == mediaType
            ? await response.Content.ReadAsStreamAsync(cancellation)
            : throw NotABalancer($"/{path} is not a stream of events");
    }

    public CommandFailure NotABalancer(string evidence, Exception? cause = null) => new(
        ExitCode.Unreachable,
        $"What answers at {_address} is not a balancer's admin API: {evidence}. --admin takes the Admin:Url, "
        + "not the address that clients use.",
        cause);

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage RequestOf(AdminCall call)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(call.Path, UriKind.Relative));
        if (call.Body is { } body)
        {
            request.Content = new StringContent(
                body, Encoding.UTF8, new MediaTypeHeaderValue(MediaTypeNames.Application.Json));
        }

        if (call.IfEpoch is { } epoch)
        {
            var text = epoch.ToString(CultureInfo.InvariantCulture);
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{text}\""));
        }

        return request;
    }

    private async Task<(HttpResponseMessage Response, string Document)> CallAsync(
        HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var response = await SendAsync(request, limit.Token, cancellation);
        try
        {
            return (response, await response.Content.ReadAsStringAsync(limit.Token));
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            response.Dispose();
            throw Unreachable(cause);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            response.Dispose();
            throw TimedOut(cause);
        }
    }

    // The limit token is cancelled by the timeout and by the caller. Only the timeout is a failure of the balancer.
    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
        }
        catch (HttpRequestException cause)
        {
            throw Unreachable(cause);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw TimedOut(cause);
        }
    }

    private CommandFailure Unreachable(Exception cause) => new(
        ExitCode.Unreachable,
        $"Cannot reach a balancer at {_address}: {cause.GetBaseException().Message.TrimEnd('.')}. "
        + (cause.InnerException is AuthenticationException
            ? "--ca FILE trusts another authority than those of the system."
            : "Check that it runs and that this is its Admin:Url; --admin URL or WSBALANCER_ADMIN name another."),
        cause);

    private CommandFailure TimedOut(Exception cause) => new(
        ExitCode.Unreachable,
        $"The balancer at {_address} did not answer within {_timeout.TotalSeconds:0.#} s. "
        + "Check that the address is its Admin:Url and that no firewall drops the packets.",
        cause);

    private CommandFailure FailureOf(HttpResponseMessage response, string document)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized)
        {
            return new CommandFailure(
                ExitCode.Failed,
                _hasToken
                    ? $"The balancer at {_address} refused the token (401). Compare it with its Admin:Token."
                    : $"The balancer at {_address} wants a token (401): give --token-file or "
                        + "set WSBALANCER_TOKEN.");
        }

        return (response.StatusCode, ProblemText.In(response, document)) switch
        {
            // Responses of a node, if the URL is that for clients, or of a proxy. The admin API never sends these
            // statuses.
            (HttpStatusCode.UpgradeRequired or >= HttpStatusCode.BadGateway, _) => NotABalancer(
                $"it answered {(int)response.StatusCode} {response.ReasonPhrase}"),
            (HttpStatusCode.PreconditionFailed, var problem) => new CommandFailure(
                ExitCode.Failed,
                $"The fleet has changed since the plan was made, and nothing was done: try again. {problem}".TrimEnd())
            {
                Problem = problem is null ? null : document.TrimEnd(),
                Status = response.StatusCode,
            },
            (var status, { } problem) => new CommandFailure(ExitCode.Failed, problem)
            {
                Details = ProblemText.ReasonsIn(document),
                Problem = document.TrimEnd(),
                Status = status,
            },
            _ => NotABalancer($"it answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd()),
        };
    }
}
