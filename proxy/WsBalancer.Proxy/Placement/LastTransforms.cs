using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The transforms of ring clusters that stand around all others, those of the route and of the application's own
/// providers included: the request's target after them, and what YARP leaves out of headers before.
/// </summary>
internal sealed class LastTransforms(Func<string, bool> isRingCluster) : ITransformProvider
{
    private static readonly TargetTransform Target = new();

    /// <summary>The same providers, with this kind at the end.</summary>
    public static IEnumerable<ITransformProvider> Order(IEnumerable<ITransformProvider> providers) =>
        providers.OrderBy(static provider => provider is LastTransforms);

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing of a route matters here.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing of a cluster matters here.
    }

    public void Apply(TransformBuilderContext context)
    {
        if (context.Route.ClusterId is { } cluster && isRingCluster(cluster))
        {
            context.RequestTransforms.Insert(0, new RequestFuncTransform(SkippedHeaders.CopyRequest));
            context.RequestTransforms.Add(new RequestFuncTransform(HopHeaders.CopyRequest));
            context.RequestTransforms.Add(Target);
            context.ResponseTransforms.Insert(0, new ResponseFuncTransform(SkippedHeaders.CopyResponse));
            context.ResponseTransforms.Insert(1, new ResponseFuncTransform(HopHeaders.CopyResponse));
        }
    }
}
