using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>
/// A descriptor kept for the time when there is no other: given up for a moment, it lets a client in that would
/// otherwise wait without an answer, to be told to come back later.
/// </summary>
internal sealed unsafe class DescriptorReserve(Kernel kernel)
{
    private const int None = -1;

    // A turn of the loop; the clients that it has wait so long.
    private const int AtOnce = 256;
    private const int ReadAtOnce = 4096;

    private int _descriptor = None;

    /// <summary>Takes one, if there is one and none was taken.</summary>
    public void Fill()
    {
        if (_descriptor == None)
        {
            _descriptor = kernel.Open("/dev/null", SocketConstants.CloseOnExec);
        }
    }

    /// <summary>Answers the clients that wait to be accepted.</summary>
    public void RefuseWaiting(int listener, Func<byte[]> refused)
    {
        if (_descriptor == None)
        {
            return;
        }

        Free();
        for (var i = 0; i < AtOnce; i++)
        {
            var client = kernel.Accept(listener, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
            if (client >= 0)
            {
                Refuse(client, refused());
            }
            else if (Marshal.GetLastPInvokeError() is not (Errno.ConnectionAborted or Errno.Interrupted))
            {
                break;
            }
        }

        Fill();
    }

    /// <summary>Sends the response to a client, and closes its socket.</summary>
    public void Refuse(int client, byte[] answer)
    {
        Answer(kernel, client, answer);
        _ = kernel.Close(client);
    }

    /// <summary>Sends the response to a client, whose socket is closed next.</summary>
    public static void Answer(Kernel kernel, int client, byte[] answer)
    {
        fixed (byte* start = answer)
        {
            _ = kernel.Send(
                client, start, (nuint)answer.Length, SocketConstants.NoSignal | SocketConstants.DoNotWait);
        }

        // What the client has already sent must be read: closing would reset the connection, and drop the answer.
        _ = kernel.Shutdown(client, SocketConstants.ShutWrite);
        var dropped = stackalloc byte[ReadAtOnce];
        while (kernel.Receive(client, dropped, ReadAtOnce, SocketConstants.DoNotWait) == ReadAtOnce)
        {
        }
    }

    /// <summary>Gives it up.</summary>
    public void Free()
    {
        if (_descriptor != None)
        {
            _ = kernel.Close(_descriptor);
            _descriptor = None;
        }
    }
}
