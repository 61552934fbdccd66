using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Sends the path and the query to the node as the client sent them, byte for byte. Only a part that a transform or a
/// middleware has changed is encoded again.
/// </summary>
/// <remarks>The last of the transforms. An address that a transform has set is not changed.</remarks>
internal sealed class TargetTransform : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.RequestUri is null)
        {
            context.ProxyRequest.RequestUri = AddressOf(context);
        }

        return ValueTask.CompletedTask;
    }

    // Null leaves the address to YARP.
    private static TargetUri? AddressOf(RequestTransformContext context)
    {
        var text = context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var raw = RawTarget.Parse(text);
        var path = context.Path.Value ?? "";
        var query = context.Query.QueryString.Value ?? "";
        if (IsAboutTheNode(raw, context.HttpContext.Request.Method) && path is "" or "/" && query.Length == 0)
        {
            return TargetUri.CreateAsterisk(context.DestinationPrefix);
        }

        if (raw.Form == TargetForm.Authority)
        {
            return null;
        }

        var sentQuery = raw.Query.SequenceEqual(query) ? raw.Query : context.Query.QueryString.ToUriComponent();
        return TryFindPath(raw, text, path, out var sentPath)
            ? TargetUri.Create(context.DestinationPrefix, sentPath, sentQuery)
            : Encode(context.DestinationPrefix, path, sentQuery);
    }

    // RFC 9112 §3.2.4: an absolute target without a path is the asterisk of OPTIONS.
    private static bool IsAboutTheNode(RawTarget raw, string method) => raw.Form == TargetForm.Asterisk
        || (raw is { Form: TargetForm.Absolute, Path.IsEmpty: true } && HttpMethods.IsOptions(method));

    // Finds the part of the client's path that corresponds to the path to send; an empty path is a slash.
    private static bool TryFindPath(RawTarget raw, string text, string path, out ReadOnlySpan<char> sent)
    {
        sent = raw.Path;
        if (sent.SequenceEqual(path) || (sent.IsEmpty && path is "/"))
        {
            return true;
        }

        var decoded = raw.Form == TargetForm.Absolute && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri.LocalPath
            : PathText.Decode(sent);
        if (decoded == path)
        {
            return true;
        }

        // A transform removed a prefix, as PathRemovePrefix does.
        return path.StartsWith('/')
            && decoded.EndsWith(path, StringComparison.Ordinal)
            && TryFindEnd(ref sent, decoded[..^path.Length], path);
    }

    private static bool TryFindEnd(ref ReadOnlySpan<char> sent, string prefix, string path)
    {
        for (var i = sent.Length - 1; i > 0; i--)
        {
            if (sent[i] == '/' && PathText.Decode(sent[i..]) == path && PathText.Decode(sent[..i]) == prefix)
            {
                sent = sent[i..];
                return true;
            }
        }

        return false;
    }

    private static TargetUri Encode(string node, string path, ReadOnlySpan<char> query)
    {
        var encoded = RequestUtilities.MakeDestinationAddress(node, new PathString(path), QueryString.Empty);
        return TargetUri.Create(encoded.GetLeftPart(UriPartial.Authority), encoded.AbsolutePath, query);
    }
}
