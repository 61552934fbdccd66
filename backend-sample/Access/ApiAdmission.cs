using Microsoft.AspNetCore.Http;

namespace WsBalancer.BackendSample.Access;

/// <summary>Decides who may use the API: back ends with its key, and users for reading.</summary>
internal sealed class ApiAdmission(NodeOptions options, Admission admission)
{
    /// <summary>Checks whether a room may be read.</summary>
    /// <returns>The refusal; null if the request is admitted.</returns>
    public async Task<AdmissionResult?> CheckReadAsync(HttpRequest request, string room)
    {
        if (IsDecided(request, out var refusal))
        {
            return refusal;
        }

        var result = await admission.IdentifyAsync(request);
        if (result.Identity is not { } identity)
        {
            return result;
        }

        return identity.MayJoin(room)
            ? null
            : AdmissionResult.Refuse(StatusCodes.Status403Forbidden, $"The token does not allow room '{room}'.");
    }

    /// <summary>Checks whether messages may be published.</summary>
    /// <returns>The refusal; null if the request is admitted.</returns>
    public async Task<AdmissionResult?> CheckPublishAsync(HttpRequest request)
    {
        if (IsDecided(request, out var refusal))
        {
            return refusal;
        }

        var result = await admission.IdentifyAsync(request);
        return result.Identity is null
            ? result
            : AdmissionResult.Refuse(
                StatusCodes.Status403Forbidden,
                "The token of a user does not allow to publish: that needs the key of --api-key.");
    }

    /// <summary>Checks whether the node may be operated: only with the key.</summary>
    /// <returns>The refusal; null if the request is admitted.</returns>
    public AdmissionResult? CheckOperate(HttpRequest request) => options.Access.ApiKey switch
    {
        null => AdmissionResult.Refuse(
            StatusCodes.Status403Forbidden, "This node has no --api-key: stop it with SIGTERM."),
        var key when key.Matches(Admission.BearerOf(request)) => null,
        _ => AdmissionResult.Refuse(
            StatusCodes.Status401Unauthorized, "The key is missing or wrong: expected 'Authorization: Bearer KEY'."),
    };

    /// <summary>Decides without a token, if that is possible.</summary>
    private bool IsDecided(HttpRequest request, out AdmissionResult? refusal)
    {
        refusal = admission.CheckOrigin(request);
        var (key, hasTokens) = (options.Access.ApiKey, options.Access.Tokens is not null);
        var isOpen = key is null && !hasTokens;
        if (refusal is not null || isOpen || key?.Matches(Admission.BearerOf(request)) is true)
        {
            return true;
        }

        if (!hasTokens)
        {
            refusal = AdmissionResult.Refuse(
                StatusCodes.Status401Unauthorized,
                "The key of the API is missing or wrong: expected 'Authorization: Bearer KEY'.");
        }

        return !hasTokens;
    }
}
