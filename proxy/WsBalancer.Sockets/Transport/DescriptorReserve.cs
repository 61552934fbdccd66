using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// A descriptor that is kept open for the time when no other is free. When it is closed for a moment, the process can
/// accept clients that would otherwise wait without a response, and reject them with 503.
/// </summary>
internal sealed unsafe class DescriptorReserve(Kernel kernel)
{
    private const int None = -1;

    // A limit, because the connections of the loop wait while the clients are accepted.
    private const int MaxRefusalsPerTurn = 256;
    private const int ReadAtOnce = 4096;

    private int _descriptor = None;

    /// <summary>Opens the descriptor, if it is not open and one is free.</summary>
    public void Fill()
    {
        if (_descriptor == None)
        {
            _descriptor = kernel.Open("/dev/null", SocketConstants.CloseOnExec);
        }
    }

    /// <summary>Accepts and refuses the clients in the backlog of a listening socket.</summary>
    public void RefuseWaiting(int listener, Func<byte[]> refused)
    {
        if (_descriptor == None)
        {
            return;
        }

        Free();
        for (var i = 0; i < MaxRefusalsPerTurn; i++)
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

    /// <summary>Sends the response to a client. The caller then closes the socket.</summary>
    public static void Answer(Kernel kernel, int client, byte[] answer)
    {
        fixed (byte* start = answer)
        {
            _ = kernel.Send(
                client, start, (nuint)answer.Length, SocketConstants.NoSignal | SocketConstants.DoNotWait);
        }

        // The client's bytes must be received first: closing a socket with unread bytes sends RST, and the client may
        // lose the response.
        _ = kernel.Shutdown(client, SocketConstants.ShutWrite);
        var dropped = stackalloc byte[ReadAtOnce];
        while (kernel.Receive(client, dropped, ReadAtOnce, SocketConstants.DoNotWait) == ReadAtOnce)
        {
        }
    }

    /// <summary>Closes the descriptor.</summary>
    public void Free()
    {
        if (_descriptor != None)
        {
            _ = kernel.Close(_descriptor);
            _descriptor = None;
        }
    }
}
