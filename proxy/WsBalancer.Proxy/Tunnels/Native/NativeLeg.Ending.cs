namespace WsBalancer.Proxy.Tunnels.Native;

internal sealed partial class NativeLeg
{
    /// <summary>The tunnel is over: sends what is unsent, then FIN, and is closed when its peer ends too.</summary>
    public void Leave()
    {
        _leaving = true;
        if (_abandoned && _socket.Unsent > 0)
        {
            // The client did not respond within the close timeout.
            _socket.Reset();
        }
        else if (!IsGone)
        {
            _socket.Finish();
            CloseIfDone();
        }

        if (!IsGone && !_ended)
        {
            // To receive the end of the stream; bytes before it are dropped.
            _socket.Receive();
        }
    }

    /// <summary>Resets the connection of a peer that has not ended in time.</summary>
    public void GiveUp() => _socket.Reset();

    private void CloseIfDone()
    {
        if (_ended && _socket.Unsent == 0)
        {
            _socket.Close();
            _flow.Left();
        }
    }
}
