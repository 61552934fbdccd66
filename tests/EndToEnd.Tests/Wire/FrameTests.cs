namespace WsBalancer.EndToEnd.Tests.Wire;

public sealed class FrameTests
{
    // Examples of RFC 6455, section 5.7, and the limits of the three forms of length.
    [Theory]
    [InlineData(5, LengthForm.Shortest, "81-05")]
    [InlineData(125, LengthForm.Shortest, "81-7D")]
    [InlineData(126, LengthForm.Shortest, "81-7E-00-7E")]
    [InlineData(65535, LengthForm.Shortest, "81-7E-FF-FF")]
    [InlineData(65536, LengthForm.Shortest, "81-7F-00-00-00-00-00-01-00-00")]
    [InlineData(5, LengthForm.Bits16, "81-7E-00-05")]
    [InlineData(5, LengthForm.Bits64, "81-7F-00-00-00-00-00-00-00-05")]
    public void ToBytes_WritesTheLength(int size, LengthForm form, string head)
    {
        var bytes = new Frame(Opcode.Text, new byte[size]) { Length = form }.ToBytes();

        Assert.Equal(head, BitConverter.ToString(bytes[..^size]));
    }

    // The masked "Hello" of RFC 6455, section 5.7.
    [Fact]
    public void ToBytes_AppliesTheMask() =>
        Assert.Equal(
            "81-85-37-FA-21-3D-7F-9F-4D-51-58",
            BitConverter.ToString(Frame.Text("Hello").Masked([0x37, 0xFA, 0x21, 0x3D]).ToBytes()));

    [Fact]
    public void Close_CarriesCodeAndReason()
    {
        var close = Frame.Close(1012, "moved");

        Assert.Equal((1012, "moved"), (close.CloseCode, close.CloseReason));
    }
}
