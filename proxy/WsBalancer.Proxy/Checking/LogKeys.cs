using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Checking;

/// <summary>What may stand under <c>Logging</c>. The log has one form, one line each on standard error.</summary>
internal static class LogKeys
{
    private static readonly ValueShape Bool = Scalar.Of(typeof(bool));

    private static readonly SectionShape Levels = SectionShape.OfNames(Scalar.Of(typeof(LogLevel)));

    public static readonly KeyShape Shape = new SectionShape(
    [
        ("LogLevel", Levels),
        ("CaptureScopes", Bool),
        ("Console", new SectionShape(
        [
            ("LogLevel", Levels),
            ("FormatterOptions", new SectionShape([("IncludeScopes", Bool)])),
        ])),
    ]);
}
