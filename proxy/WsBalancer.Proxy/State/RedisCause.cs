using System.Security.Authentication;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The reason why Redis cannot be used, as a sentence. The client library has the cause in inner exceptions.
/// </summary>
internal static class RedisCause
{
    // The prefix that the client library puts before the text of an error reply.
    private const string ErrorReply = "SimpleError:";

    private const string Silent = "It does not answer in time.";

    public static string Of(Exception exception)
    {
        var chain = new List<Exception>();
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            chain.Add(inner);
        }

        var message = MessageOf(chain[^1]);
        if (!chain.Exists(static inner => inner is RedisConnectionException
            {
                FailureType: ConnectionFailureType.AuthenticationFailure,
            }))
        {
            return exception switch
            {
                RedisConnectionException { InnerException: null, FailureType: var failure } => failure is
                    ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.UnableToConnect
                    ? Silent
                    : $"The connection was lost ({failure}).",
                TimeoutException => Silent,
                _ => $"{message}.",
            };
        }

        return chain.Exists(static inner => inner is IOException or AuthenticationException)
            ? $"The TLS handshake failed: {message}. WsBalancer:State:Redis has ssl=true."
            : "It refused the user or the password of WsBalancer:State:Redis"
                + $"{(message.Length > 0 ? ": " : "")}{message}.";
    }

    private static string MessageOf(Exception innermost)
    {
        var message = innermost.Message;
        var reply = message.IndexOf(ErrorReply, StringComparison.Ordinal);
        return (reply < 0 ? message : message[(reply + ErrorReply.Length)..]).Trim().TrimEnd('.');
    }
}
