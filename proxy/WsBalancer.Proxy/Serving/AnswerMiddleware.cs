using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// The first middleware of a host that only balances. Adds a reason to every error response that is not a node's, and
/// handles every exception.
/// </summary>
internal sealed class AnswerMiddleware(RequestDelegate next, ProblemResponse answer, Rejecter rejecter)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await answer.CompleteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected: a failure caused by that is not an error, and no response can be sent.
            context.Abort();
        }
        catch (BadHttpRequestException ex)
        {
            await RejectAsync(context, ServerRejection.Of(ex), exception: null);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            await RejectAsync(context, Rejection.Internal, ex);
        }
    }

    private async Task RejectAsync(HttpContext context, Rejection rejection, Exception? exception)
    {
        var cluster = context.Features.Get<IReverseProxyFeature>()?.Cluster.Config.ClusterId ?? Rejecter.NoCluster;
        if (context.Response.HasStarted)
        {
            rejecter.Note(cluster, rejection, context.Features, exception);
            context.Abort();
            return;
        }

        context.Response.Clear();
        await rejecter.RejectAsync(context, cluster, rejection, exception: exception);
    }
}
