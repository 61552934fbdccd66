namespace WsBalancer.Proxy.Tunnels.Native;

internal sealed partial class NativeLeg
{
    /// <summary>The tunnel is over: sends unsent bytes, then FIN, and closes the socket after the peer's FIN.</summary>
    public void CloseAfterFlush()
    {
        _isClosing = true;
        if (_isDiscarding && _socket.UnsentBytes > 0)
        {
            // The output was discarded: unsent bytes are dropped.
            _socket.Reset();
        }
        else if (!IsClosed)
        {
            _socket.ShutdownSend();
            CloseIfDone();
        }

        if (!IsClosed && !_ended)
        {
            // Receives until the peer's FIN; bytes before the FIN are dropped.
            _socket.Receive();
        }
    }

    /// <summary>Resets the connection of a peer that has not ended in time.</summary>
    public void Reset() => _socket.Reset();

    private void CloseIfDone()
    {
        if (_ended && _socket.UnsentBytes == 0)
        {
            _socket.Close();
            _flow.OnSocketClosed();
        }
    }
}
