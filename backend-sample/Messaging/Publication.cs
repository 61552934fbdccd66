using System.Buffers;
using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>A message that a back end publishes.</summary>
/// <param name="From">The sender that clients see.</param>
/// <param name="Id">The id with which the message is stored; null for a message that is not stored.</param>
/// <param name="Payload">
/// The JSON of <c>data</c>, as sent: a slice of the received bytes, valid as long as those are.
/// </param>
/// <param name="Reason">The reason why the text is not a message; empty otherwise.</param>
internal readonly record struct Publication(string From, string? Id, ReadOnlySequence<byte> Payload, string Reason)
{
    /// <summary>The sender of a message without <c>from</c>.</summary>
    private const string DefaultFrom = "server";

    public static Publication Parse(ReadOnlySequence<byte> json)
    {
        try
        {
            return ClientMessageFields.Read(json) switch
            {
                null => Invalid("expected a JSON object, for example {\"data\":1}"),
                { HasInvalidId: true } => Invalid($"'id' is not a text of 1 to {ClientMessage.MaxIdLength} characters"),
                { HasInvalidFrom: true } =>
                    Invalid($"'from' is not a text of 1 to {ClientMessage.MaxUserLength} characters"),
                { Payload.IsEmpty: true } => Invalid("'data' is missing"),
                var fields => new Publication(fields.From ?? DefaultFrom, fields.Id, fields.Payload, ""),
            };
        }
        catch (JsonException malformed)
        {
            return Invalid(ClientMessage.ReasonOf(malformed));
        }
        catch (InvalidOperationException)
        {
            // The JSON reader throws this for a text that is not UTF-8, and for a lone surrogate such as "\ud800".
            return Invalid("a text is not UTF-8, or holds half of a surrogate pair");
        }
    }

    private static Publication Invalid(string reason) => new("", null, default, reason);
}
