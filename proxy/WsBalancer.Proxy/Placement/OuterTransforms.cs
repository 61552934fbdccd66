using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The transforms of ring clusters that run before or after all others, those of the application's own providers
/// included: headers that YARP skips are copied first, and the request's target is set last.
/// </summary>
internal sealed class OuterTransforms(Func<string, bool> isRingCluster) : ITransformProvider
{
    private static readonly TargetTransform Target = new();

    /// <summary>Orders providers: those of this type are last.</summary>
    public static IEnumerable<ITransformProvider> Order(IEnumerable<ITransformProvider> providers) =>
        providers.OrderBy(static provider => provider is OuterTransforms);

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // The transforms do not depend on the route.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // The transforms do not depend on the configuration of the cluster.
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
