using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Serving;

/// <summary>The response to a request that is not admitted.</summary>
internal static class AdmissionResponse
{
    /// <summary>Identifies the sender, or writes the response that refuses the request.</summary>
    /// <returns>Null if the request is refused.</returns>
    public static async Task<ClientIdentity?> AdmitAsync(this Admission admission, HttpContext context)
    {
        var result = await admission.IdentifyAsync(context.Request);
        if (result.Identity is null)
        {
            if (result.Status is StatusCodes.Status401Unauthorized)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
            }

            await Problem.WriteAsync(context, result.Status, result.Detail);
        }

        return result.Identity;
    }
}
