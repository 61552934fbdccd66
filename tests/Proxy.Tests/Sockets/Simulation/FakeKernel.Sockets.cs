using System.Buffers.Binary;
using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed unsafe partial class FakeKernel
{
    private const uint NameLength = 16;
    private const ushort OwnPort = 80;

    public override int Socket(int family, int type, int protocol)
    {
        OnLoop();
        return Result(Add(world.NewNodeSocket()));
    }

    public override int Bind(int descriptor, void* address, uint addressLength) =>
        Find(descriptor, "bind") is null ? Result(-BadDescriptor) : 0;

    public override int Connect(int descriptor, void* address, uint addressLength)
    {
        OnLoop();
        var port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address, 4)[2..]);
        return Find(descriptor, "connect") is FakeSocket socket
            ? Result(world.Connect(socket, port))
            : Result(-BadDescriptor);
    }

    public override int Accept(int descriptor, int flags)
    {
        OnLoop();
        return Find(descriptor, "accept4") is FakeListener listener
            ? Result(AcceptOf(listener))
            : Result(-BadDescriptor);
    }

    public override int GetSocketName(int descriptor, void* address, uint* addressLength)
    {
        OnLoop();
        return Find(descriptor, "getsockname") is null
            ? Result(-BadDescriptor)
            : WriteName(OwnPort, address, addressLength);
    }

    public override int GetPeerName(int descriptor, void* address, uint* addressLength)
    {
        OnLoop();
        return Find(descriptor, "getpeername") is not FakeSocket socket ? Result(-BadDescriptor)
            : socket.Now != FakeSocket.Stage.Connected ? Result(-Errno.NotConnected)
            : WriteName(socket.Peer!.Port, address, addressLength);
    }

    public override int GetSocketOption(int descriptor, int level, int name, void* value, uint* length)
    {
        OnLoop();
        if (Find(descriptor, "getsockopt") is not FakeSocket socket)
        {
            return Result(-BadDescriptor);
        }

        if (level == SocketConstants.Tcp && name == SocketConstants.TcpInfoOption)
        {
            *(byte*)value = socket.State;
        }
        else
        {
            *(int*)value = socket.TakeError();
        }

        return 0;
    }

    public override int SetSocketOption(int descriptor, int level, int name, void* value, uint length)
    {
        OnLoop();
        if (Find(descriptor, "setsockopt") is not FakeSocket socket)
        {
            return Result(-BadDescriptor);
        }

        if (level == SocketConstants.SocketLevel && name == SocketConstants.LingerOption)
        {
            socket.ResetOnClose();
        }

        return 0;
    }

    public override nint Receive(int descriptor, void* buffer, nuint length, int flags)
    {
        OnLoop();
        world.RunConcurrent();
        if (Find(descriptor, "recv") is not FakeSocket socket)
        {
            return Result(-BadDescriptor);
        }

        var result = socket.Receive(new Span<byte>(buffer, (int)length));
        world.Trace.Add(socket.Name, "is received from", result);
        return Result(result);
    }

    public override nint Send(int descriptor, void* buffer, nuint length, int flags)
    {
        OnLoop();
        world.RunConcurrent();
        if (Find(descriptor, "send") is not FakeSocket socket)
        {
            return Result(-BadDescriptor);
        }

        var result = socket.Send(new ReadOnlySpan<byte>(buffer, (int)length));
        world.Trace.Add(socket.Name, "is sent to", (long)length, result);
        return Result(result);
    }

    public override nint SendMessage(int descriptor, MessageHeader* message, int flags)
    {
        var all = new List<byte>();
        for (nuint i = 0; i < message->Count; i++)
        {
            all.AddRange(new ReadOnlySpan<byte>(message->Vectors[i].Start, (int)message->Vectors[i].Length));
        }

        fixed (byte* start = CollectionsMarshal.AsSpan(all))
        {
            return Send(descriptor, start, (nuint)all.Count, flags);
        }
    }

    public override int Shutdown(int descriptor, int how)
    {
        OnLoop();
        if (Find(descriptor, "shutdown") is not FakeSocket socket)
        {
            return Result(-BadDescriptor);
        }

        var result = socket.ShutWrite();
        world.Trace.Add(socket.Name, "is sent FIN", result);
        return Result(result);
    }

    private static int WriteName(ushort port, void* address, uint* addressLength)
    {
        // { u16 family; be16 port; u8 address[4]; u8 0[8] }
        var name = new Span<byte>(address, (int)NameLength);
        name.Clear();
        name[0] = SocketConstants.InternetFamily;
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], port);
        name[4] = 127;
        name[7] = 1;
        *addressLength = NameLength;
        return 0;
    }
}
