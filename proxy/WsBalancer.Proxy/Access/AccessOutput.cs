namespace WsBalancer.Proxy.Access;

/// <summary>The standard output.</summary>
internal sealed class AccessOutput : IAccessTarget
{
    private readonly Stream _output = Console.OpenStandardOutput();

    public bool IsMoved => false;

    public void Write(ReadOnlySpan<byte> lines)
    {
        _output.Write(lines);
        _output.Flush();
    }

    public void Dispose() => _output.Dispose();
}
