using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace WsBalancer.Proxy.Checking;

/// <summary>
/// The keys under <c>Kestrel</c>: those of the server's reader, which ignores any other, and the names of its limits,
/// whose values <see cref="ServerLimits"/> checks.
/// </summary>
internal static class ServerKeys
{
    private static readonly ValueShape File = new("a file that exists", System.IO.File.Exists);

    // HTTP/3 needs a transport that this host does not have; the server would omit it without a message.
    private static readonly ValueShape Protocols = new(
        "one of Http1, Http2, Http1AndHttp2",
        static text => Enum.TryParse<HttpProtocols>(text, ignoreCase: true, out var protocols)
            && protocols is HttpProtocols.Http1 or HttpProtocols.Http2 or HttpProtocols.Http1AndHttp2
            && !char.IsAsciiDigit(text[0]));

    private static readonly SectionShape Certificate = new(
    [
        ("Path", File),
        ("KeyPath", File),
        ("Password", ValueShape.Text),
        ("Subject", ValueShape.Text),
        ("Store", ValueShape.Text),
        ("Location", Scalar.Of(typeof(StoreLocation))),
        ("AllowInvalid", Scalar.Of(typeof(bool))),
    ]);

    private static readonly (string Name, KeyShape Shape)[] Tls =
    [
        ("Protocols", Protocols),
        ("SslProtocols", new ListShape(Scalar.Of(typeof(SslProtocols)))),
        ("ClientCertificateMode", Scalar.Of(typeof(ClientCertificateMode))),
    ];

    public static readonly KeyShape Shape = new SectionShape(
    [
        ("Endpoints", SectionShape.OfNames(new SectionShape(
        [
            ("Url", ValueShape.Text),
            .. Tls,
            ("Certificate", Certificate),
            ("Sni", SectionShape.OfNames(new SectionShape([.. Tls, ("Certificate", Certificate)]))),
        ]))),
        ("EndpointDefaults", new SectionShape(Tls)),
        ("Certificates", SectionShape.OfNames(Certificate)),
        .. ServerLimits.Names.Select(name => (name, (KeyShape)new FreeShape())),
    ]);
}
